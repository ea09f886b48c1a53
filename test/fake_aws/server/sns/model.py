"""Topics, their subscriptions, and sent messages."""

import json
import queue
import uuid

ACCOUNT = "111122223333"
# These are subscribed at once; the others must confirm. Source:
# SNS API Reference, Subscribe.
UNASKED = ("sqs", "lambda", "sms", "application", "firehose")
ASKED = ("http", "https", "email", "email-json")


class Topic:
    def __init__(self, name, region):
        self.name, self.region = name, region
        self.arn = "arn:aws:sns:%s:%s:%s" % (region, ACCOUNT, name)
        self.subscriptions = {}  # ARN: Subscription
        self.deleted = 0         # number of deleted subscriptions
        self.attributes = {"DisplayName": "", "Policy": json.dumps(self.default_policy())}

    def default_policy(self):
        """The account itself may do everything."""
        actions = ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:DeleteTopic",
                   "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"]
        statement = {"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
                     "Action": actions, "Resource": self.arn,
                     "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}}
        return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}


class Subscription:
    def __init__(self, topic, protocol, endpoint, token, server):
        self.arn = "%s:%s" % (topic.arn, uuid.uuid4())
        self.topic_arn, self.region = topic.arn, topic.region
        self.protocol, self.endpoint = protocol, endpoint
        self.token, self.server = token, server  # the token that confirms it, and where
        self.is_confirmed = protocol in UNASKED

    @property
    def told_arn(self):
        return self.arn if self.is_confirmed else "PendingConfirmation"


class Sns:
    def __init__(self):
        self.topics = {}  # ARN: Topic
        # Endpoints are confirmed automatically, once they received the request.
        self.auto_confirm = False
        self.mailbox = []  # messages to endpoints other than HTTP
        self.deliveries = []  # messages posted to HTTP endpoints, and the results
        self.outgoing, self.waiting = queue.Queue(), 0

    def subscription(self, arn):
        """(topic, subscription), or None twice."""
        for topic in self.topics.values():
            if arn in topic.subscriptions:
                return topic, topic.subscriptions[arn]
        return None, None
