"""Notifications of finished jobs. Source: S3 Glacier Developer Guide,
"Configuring Vault Notifications"."""

import json

from ..sns import delivery
from ..wire import Answer
from .documents import read_json
from .errors import invalid, json_answer, not_found
from .vaults import find as find_vault

EVENTS = {"archive-retrieval": "ArchiveRetrievalCompleted",
          "inventory-retrieval": "InventoryRetrievalCompleted"}
SUBJECT = "Notification From Amazon Glacier Service"


def check_topic(state, arn):
    if arn not in state.sns.topics:
        raise invalid("Invalid SNS topic ARN, or there is no such topic: %s" % arn)


def set_notifications(state, request):
    vault = find_vault(state, request)
    given = read_json(request, {"SNSTopic": str, "Events": list})
    unknown = [event for event in given["Events"] if event not in EVENTS.values()]
    if unknown or not given["Events"]:
        raise invalid("Invalid notification events: %s" % given["Events"])
    check_topic(state, given["SNSTopic"])
    vault.notifications = {"SNSTopic": given["SNSTopic"], "Events": given["Events"]}
    return Answer(204)


def get_notifications(state, request):
    vault = find_vault(state, request)
    if vault.notifications is None:
        raise not_found("No notification configuration is set for vault: " + vault.arn)
    return json_answer(200, vault.notifications)


def delete_notifications(state, request):
    find_vault(state, request).notifications = None
    return Answer(204)


def notify(state, vault, job, description):
    """Notifies the vault's topic and the job's own. A deleted topic is not notified."""
    topics = [job.topic] if job.topic else []
    if vault.notifications and EVENTS[job.kind] in vault.notifications["Events"]:
        topics.insert(0, vault.notifications["SNSTopic"])
    for arn in topics:
        topic = state.sns.topics.get(arn)
        if topic is not None:
            delivery.publish(state, topic, json.dumps(description), SUBJECT)
