"""Delivery of messages. Source: SNS Developer Guide, "Parsing message formats" and
"Fanout to HTTP/S endpoints"."""

import http.client
import json
import ssl
import time
import uuid
from urllib.parse import urlencode, urlsplit

from ..markup import iso_time

# A test's listener may start a moment late.
PAUSES = (0, 0.1, 0.5)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NO_SIGNATURE = {"SignatureVersion": "1", "Signature": "ZmFrZV9hd3M=",
                "SigningCertURL": "https://sns.us-east-1.amazonaws.com/fake_aws.pem"}


def link(subscription, action, **parameters):
    return "%s/?%s" % (subscription.server, urlencode({"Action": action, **parameters}))


def publish(state, topic, message, subject=None):
    """Sends to all subscribers; returns the message's id."""
    message_id = str(uuid.uuid4())
    for subscription in topic.subscriptions.values():
        if subscription.is_confirmed:
            envelope = {"Type": "Notification", "MessageId": message_id, "TopicArn": topic.arn,
                        **({"Subject": subject} if subject else {}), "Message": message,
                        "Timestamp": iso_time(state.clock.requests()), **NO_SIGNATURE,
                        "UnsubscribeURL": link(subscription, "Unsubscribe",
                                               SubscriptionArn=subscription.arn)}
            send(state, subscription, envelope)
    return message_id


def ask(state, subscription):
    """Asks the endpoint to confirm the subscription."""
    words = ("You have chosen to subscribe to the topic %s.\nTo confirm the subscription, visit "
             "the SubscribeURL included in this message." % subscription.topic_arn)
    send(state, subscription,
         {"Type": "SubscriptionConfirmation", "MessageId": str(uuid.uuid4()),
          "Token": subscription.token, "TopicArn": subscription.topic_arn, "Message": words,
          "SubscribeURL": link(subscription, "ConfirmSubscription", TopicArn=subscription.topic_arn,
                               Token=subscription.token),
          "Timestamp": iso_time(state.clock.requests()), **NO_SIGNATURE})


def send(state, subscription, envelope):
    """HTTP endpoints get a POST, from another thread; messages to all others go to the mailbox."""
    if subscription.protocol in ("http", "https"):
        state.sns.waiting += 1
        state.sns.outgoing.put((subscription, envelope))
        return
    state.sns.mailbox.append(
        {"protocol": subscription.protocol, "endpoint": subscription.endpoint,
         "type": envelope["Type"], "topic": envelope["TopicArn"],
         "subject": envelope.get("Subject"), "message": envelope["Message"],
         "link": envelope.get("SubscribeURL") or envelope.get("UnsubscribeURL"),
         "token": envelope.get("Token"), "time": envelope["Timestamp"]})
    if envelope["Type"] == "SubscriptionConfirmation" and state.sns.auto_confirm:
        subscription.is_confirmed = True


def work(state):
    """The thread that posts, in the order in which messages were made."""
    while True:
        subscription, envelope = state.sns.outgoing.get()
        status = None
        for pause in PAUSES:
            time.sleep(pause)
            status = post(subscription, envelope)
            if isinstance(status, int) and 200 <= status < 300:
                break
        with state.lock:
            is_taken = isinstance(status, int) and 200 <= status < 300
            if (is_taken and envelope["Type"] == "SubscriptionConfirmation" and
                    state.sns.auto_confirm):
                subscription.is_confirmed = True
            state.sns.deliveries.append({"endpoint": subscription.endpoint,
                                         "subscription": subscription.arn, "type": envelope["Type"],
                                         "message_id": envelope["MessageId"], "result": status})
            state.sns.waiting -= 1


def post(subscription, envelope):
    """The answer's status, or an error message. Nothing is sent to other machines."""
    parts = urlsplit(subscription.endpoint)
    if parts.hostname not in LOOPBACK:
        return "not delivered: %s is not this machine" % parts.hostname
    headers = {"x-amz-sns-message-type": envelope["Type"],
               "x-amz-sns-message-id": envelope["MessageId"],
               "x-amz-sns-topic-arn": envelope["TopicArn"],
               "Content-Type": "text/plain; charset=UTF-8",
               "User-Agent": "Amazon Simple Notification Service Agent"}
    if envelope["Type"] == "Notification":
        headers["x-amz-sns-subscription-arn"] = subscription.arn
    try:
        if parts.scheme == "https":
            # A test's own certificate is not trusted by anyone.
            connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=5,
                                                     context=ssl._create_unverified_context())
        else:
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
        connection.request("POST", (parts.path or "/") + ("?" + parts.query if parts.query else ""),
                           json.dumps(envelope), headers)
        status = connection.getresponse().status
        connection.close()
        return status
    except (OSError, http.client.HTTPException) as error:
        return "%s: %s" % (type(error).__name__, error)
