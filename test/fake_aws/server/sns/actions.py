"""SNS's calls: each takes the form's fields, and returns the content of its result. Source:
SNS API Reference, "Actions"."""

import re
import secrets

from .. import policy
from ..errors import Refusal
from . import delivery
from .model import ASKED, UNASKED, Subscription, Topic

TOPIC_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}(\.fifo)?")
PAGE = 100
SETTABLE = ("Policy", "DisplayName", "DeliveryPolicy")
MOST_BYTES = 262144


def invalid(message):
    return Refusal(400, "InvalidParameter", "Invalid parameter: " + message)


def needed(form, name):
    if not form.get(name):
        raise invalid(name)
    return form[name]


def find_topic(state, form):
    topic = state.sns.topics.get(needed(form, "TopicArn"))
    if topic is None:
        raise Refusal(404, "NotFound", "Topic does not exist")
    return topic


def page_of(state, form, items):
    """(items, the next token or None). A token is the number of items before the page."""
    token = form.get("NextToken", "0")
    if not token.isdigit() or int(token) > len(items):
        raise invalid("NextToken")
    end = int(token) + min(PAGE, state.options.page_size)
    return items[int(token):end], str(end) if end < len(items) else None


def entries(form, prefix):
    """The attributes in a query's Attributes.entry.N.key and .value."""
    result, number = {}, 1
    while "%s.entry.%d.key" % (prefix, number) in form:
        result[form["%s.entry.%d.key" % (prefix, number)]] = form.get(
            "%s.entry.%d.value" % (prefix, number), "")
        number += 1
    return result


def set_attribute(topic, name, value):
    if name not in SETTABLE:
        raise invalid("AttributeName")
    if name == "Policy":
        try:
            policy.parse(value)
        except (ValueError, AttributeError) as error:
            raise invalid("Policy Error: %s" % error) from None
    topic.attributes[name] = value


def create_topic(state, request, form):
    name = needed(form, "Name")
    if not TOPIC_NAME.fullmatch(name):
        raise invalid("Topic Name")
    topic = Topic(name, request.signature.region)
    topic = state.sns.topics.setdefault(topic.arn, topic)
    for attribute, value in entries(form, "Attributes").items():
        set_attribute(topic, attribute, value)
    return [("TopicArn", topic.arn)]


def delete_topic(state, request, form):
    """A repetition is not an error."""
    state.sns.topics.pop(needed(form, "TopicArn"), None)


def list_topics(state, request, form):
    arns = [topic.arn for topic in state.sns.topics.values()
            if topic.region == request.signature.region]
    page, token = page_of(state, form, arns)
    return [("Topics", [("member", [("TopicArn", arn)]) for arn in page]), ("NextToken", token)]


def get_topic_attributes(state, request, form):
    topic = find_topic(state, form)
    confirmed = sum(1 for subscription in topic.subscriptions.values() if subscription.is_confirmed)
    attributes = {"TopicArn": topic.arn, "Owner": topic.arn.split(":")[4], **topic.attributes,
                  "SubscriptionsConfirmed": confirmed,
                  "SubscriptionsPending": len(topic.subscriptions) - confirmed,
                  "SubscriptionsDeleted": topic.deleted}
    return [("Attributes",
             [("entry", [("key", name), ("value", value)]) for name, value in attributes.items()])]


def set_topic_attributes(state, request, form):
    set_attribute(find_topic(state, form), needed(form, "AttributeName"),
                  form.get("AttributeValue", ""))


def subscribe(state, request, form):
    """The same endpoint again gets the same subscription, and is asked again if it has not
    confirmed yet."""
    topic, protocol, endpoint = (find_topic(state, form), needed(form, "Protocol"),
                                 needed(form, "Endpoint"))
    if protocol not in ASKED + UNASKED:
        raise invalid("Amazon SNS does not support this protocol string: " + protocol)
    if ((protocol in ("http", "https") and not endpoint.startswith(protocol + "://")) or
            (protocol.startswith("email") and "@" not in endpoint)):
        raise invalid("%s endpoint" % protocol)
    known = [old for old in topic.subscriptions.values()
             if (old.protocol, old.endpoint) == (protocol, endpoint)]
    server = "http://" + request.header("host")
    subscription = (known[0] if known else
                    Subscription(topic, protocol, endpoint, secrets.token_hex(80), server))
    topic.subscriptions[subscription.arn] = subscription
    if not subscription.is_confirmed:
        delivery.ask(state, subscription)
    is_told = subscription.is_confirmed or form.get("ReturnSubscriptionArn") == "true"
    return [("SubscriptionArn", subscription.arn if is_told else "pending confirmation")]


def confirm_subscription(state, request, form):
    topic, token = find_topic(state, form), needed(form, "Token")
    for subscription in topic.subscriptions.values():
        if subscription.token == token:
            subscription.is_confirmed = True
            return [("SubscriptionArn", subscription.arn)]
    raise invalid("Token")


def unsubscribe(state, request, form):
    """A repetition is not an error."""
    arn = needed(form, "SubscriptionArn")
    if arn.count(":") != 6:
        raise invalid("SubscriptionArn Reason: An ARN must have at least 6 elements, not %d" %
                      (arn.count(":") + 1))
    topic, subscription = state.sns.subscription(arn)
    if topic is not None:
        del topic.subscriptions[subscription.arn]
        topic.deleted += 1


def described(subscription):
    return ("member", [("TopicArn", subscription.topic_arn), ("Protocol", subscription.protocol),
                       ("SubscriptionArn", subscription.told_arn),
                       ("Owner", subscription.topic_arn.split(":")[4]),
                       ("Endpoint", subscription.endpoint)])


def list_of(state, form, subscriptions):
    page, token = page_of(state, form, subscriptions)
    return [("Subscriptions", [described(subscription) for subscription in page]),
            ("NextToken", token)]


def list_subscriptions(state, request, form):
    region = request.signature.region
    topics = [topic for topic in state.sns.topics.values() if topic.region == region]
    return list_of(state, form, [subscription for topic in topics
                                 for subscription in topic.subscriptions.values()])


def list_subscriptions_by_topic(state, request, form):
    return list_of(state, form, list(find_topic(state, form).subscriptions.values()))


def publish(state, request, form):
    topic = find_topic(state, {"TopicArn": form.get("TopicArn") or form.get("TargetArn")})
    message = needed(form, "Message")
    subject = form.get("Subject")
    if len(message.encode()) > MOST_BYTES:
        raise invalid("Message too long")
    if (subject is not None and
            (not 1 <= len(subject) <= 100 or not subject.isascii() or not subject.isprintable())):
        raise invalid("Subject")
    return [("MessageId", delivery.publish(state, topic, message, subject))]


ACTIONS = {
    "CreateTopic": create_topic, "DeleteTopic": delete_topic, "ListTopics": list_topics,
    "GetTopicAttributes": get_topic_attributes, "SetTopicAttributes": set_topic_attributes,
    "Subscribe": subscribe, "ConfirmSubscription": confirm_subscription, "Unsubscribe": unsubscribe,
    "ListSubscriptions": list_subscriptions,
    "ListSubscriptionsByTopic": list_subscriptions_by_topic, "Publish": publish,
}
