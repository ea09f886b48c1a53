"""Vault locks and access policies. Source: S3 Glacier Developer Guide, "S3 Glacier Vault Lock" and
"Vault Access Policies"."""

from .. import policy
from ..markup import iso_time
from ..wire import Answer
from .documents import read_json
from .errors import denied, invalid, json_answer, not_found
from .model import ACCOUNT, DAY, Lock
from .vaults import find as find_vault


def read_policy(request):
    text = read_json(request, {"Policy": str})["Policy"]
    try:
        policy.parse(text)
    except (ValueError, AttributeError) as error:
        raise invalid("Invalid policy: %s" % error) from None
    return text


def check_deletion(state, vault, archive):
    """A lock's policy is in force from the start; at first it is only tried, and can be aborted."""
    context = {"glacier:ArchiveAgeInDays": (state.glacier.now() - archive.created) / DAY}
    context.update({"glacier:ResourceTag/" + key: value for key, value in vault.tags.items()})
    for text in (vault.lock and vault.lock.policy, vault.access_policy):
        if text and policy.denies(text, "glacier:DeleteArchive", vault.arn, ACCOUNT, context):
            raise denied("User is not authorized to perform: glacier:DeleteArchive on resource: %s "
                         "with an explicit deny" % vault.arn)


def initiate(state, request):
    vault, text = find_vault(state, request), read_policy(request)
    if vault.lock is not None:
        raise denied("The vault lock is %s: %s" %
                     ("Locked" if vault.lock.is_locked else "InProgress", vault.arn))
    vault.lock = Lock(state.glacier.new_id(), text, state.glacier.now())
    return Answer(201, {"x-amz-lock-id": vault.lock.id})


def get(state, request):
    vault = find_vault(state, request)
    lock = vault.lock
    if lock is None:
        raise not_found("No vault lock policy is set for: " + vault.arn)
    return json_answer(200, {"Policy": lock.policy,
                             "State": "Locked" if lock.is_locked else "InProgress",
                             "CreationDate": iso_time(lock.created),
                             "ExpirationDate": None if lock.is_locked else iso_time(lock.expires)})


def abort(state, request):
    vault = find_vault(state, request)
    if vault.lock is not None and vault.lock.is_locked:
        raise denied("The vault lock is Locked: " + vault.arn)
    vault.lock = None
    return Answer(204)


def complete(state, request):
    """A repetition is not an error."""
    vault = find_vault(state, request)
    lock = vault.lock
    if lock is None:
        raise not_found("No vault lock policy is set for: " + vault.arn)
    if lock.id != request.item:
        if lock.is_locked:
            raise denied("The lock ID is not the vault's: " + request.item)
        raise invalid("Invalid lock ID: " + request.item)
    lock.is_locked = True
    return Answer(204)


def set_access_policy(state, request):
    find_vault(state, request).access_policy = read_policy(request)
    return Answer(204)


def get_access_policy(state, request):
    vault = find_vault(state, request)
    if vault.access_policy is None:
        raise not_found("No vault access policy is set for: " + vault.arn)
    return json_answer(200, {"Policy": vault.access_policy})


def delete_access_policy(state, request):
    find_vault(state, request).access_policy = None
    return Answer(204)
