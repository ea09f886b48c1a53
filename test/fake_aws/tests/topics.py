"""Topics, their subscriptions, and messages."""

import json
import time
from urllib.parse import urlsplit

from .client import Case, sha256
from .glacier_client import GlacierClient, Listener


class Topics(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = GlacierClient(cls.server)

    def topic(self, name):
        return self.ok(self.client.sns("CreateTopic", Name=name)).text("CreateTopicResult/TopicArn")

    def refused(self, answer, status, code):
        self.assertEqual((answer.status, answer.text("Error/Code")), (status, code), answer.body)

    def subscribe(self, topic, protocol, endpoint, **more):
        answer = self.ok(self.client.sns("Subscribe", TopicArn=topic, Protocol=protocol,
                                         Endpoint=endpoint, **more))
        return answer.text("SubscribeResult/SubscriptionArn")

    def subscriptions(self, topic):
        answer = self.ok(self.client.sns("ListSubscriptionsByTopic", TopicArn=topic))
        return answer.texts("ListSubscriptionsByTopicResult/Subscriptions/member/SubscriptionArn")

    def settled(self):
        for _ in range(2400):
            state = self.server.control("sns")
            if state["waiting"] == 0:
                return state
            time.sleep(0.025)
        raise AssertionError("messages are still waiting")

    def test_credentials(self):
        self.refused(GlacierClient(self.server, secret="wrong").sns("ListTopics"),
                     403, "SignatureDoesNotMatch")
        self.refused(GlacierClient(self.server, "NOBODY").sns("ListTopics"),
                     403, "InvalidClientTokenId")
        self.refused(self.client.sns("Dance"), 400, "InvalidAction")
        body = b"Action=ListTopics&Version=2010-03-31"
        headers = self.client.signed("POST", "/", "", {}, sha256(body), service="sns")
        self.refused(self.client.send("POST", "/", headers, body + b"&NextToken=1"),
                     403, "SignatureDoesNotMatch")
        self.refused(self.client.send("GET", "/?Action=ConfirmSubscription&TopicArn=x&Token=y",
                                      {"host": "x"}),
                     404, "NotFound")
        self.server.control("key", {"key": "WEAK:secret"})
        self.server.control("deny", {"key": "WEAK", "actions": ["sns:Publish"]})
        self.refused(GlacierClient(self.server, "WEAK").sns("Publish", TopicArn="x", Message="y"),
                     403, "AuthorizationError")

    def test_life_of_a_topic(self):
        topic = self.topic("life")
        self.assertEqual((topic, self.topic("life")),
                         ("arn:aws:sns:us-east-1:111122223333:life",) * 2)
        self.refused(self.client.sns("CreateTopic", Name="a b"), 400, "InvalidParameter")
        policy = json.dumps({"Statement": [{"Effect": "Allow",
                                            "Principal": {"Service": "glacier.amazonaws.com"},
                                            "Action": "SNS:Publish", "Resource": topic}]})
        self.ok(self.client.sns("SetTopicAttributes", TopicArn=topic, AttributeName="Policy",
                                AttributeValue=policy))
        self.refused(self.client.sns("SetTopicAttributes", TopicArn=topic, AttributeName="Policy",
                                     AttributeValue="{}"),
                     400, "InvalidParameter")
        answer = self.ok(self.client.sns("GetTopicAttributes", TopicArn=topic))
        place = "GetTopicAttributesResult/Attributes/entry/"
        found = dict(zip(answer.texts(place + "key"), answer.texts(place + "value")))
        self.assertEqual((found["Policy"], found["Owner"], found["SubscriptionsPending"]),
                         (policy, "111122223333", "0"))
        for _ in range(2):
            self.ok(self.client.sns("DeleteTopic", TopicArn=topic))
        self.refused(self.client.sns("GetTopicAttributes", TopicArn=topic), 404, "NotFound")

    def test_a_listener(self):
        topic, listener = self.topic("listened"), Listener()
        self.assertEqual(self.subscribe(topic, "http", listener.url), "pending confirmation")
        headers, question = listener.wait(1)[0]
        self.assertEqual((headers["x-amz-sns-message-type"], headers["x-amz-sns-topic-arn"],
                          headers["x-amz-sns-message-id"]),
                         ("SubscriptionConfirmation", topic, question["MessageId"]))
        self.ok(self.client.sns("Publish", TopicArn=topic, Message="unheard"))
        self.assertEqual(self.subscriptions(topic), ["PendingConfirmation"])
        self.refused(self.client.sns("ConfirmSubscription", TopicArn=topic, Token="wrong"),
                     400, "InvalidParameter")
        link = urlsplit(question["SubscribeURL"])
        self.ok(self.client.send("GET", "%s?%s" % (link.path, link.query), {"host": "x"}))
        arn, = self.subscriptions(topic)
        message_id = self.ok(self.client.sns("Publish", TopicArn=topic, Message="heard",
                                             Subject="s")).text("PublishResult/MessageId")
        headers, message = listener.wait(2)[1]
        self.assertEqual(
            [message[name] for name in ("Type", "MessageId", "TopicArn", "Subject", "Message")],
            ["Notification", message_id, topic, "s", "heard"])
        self.assertEqual(headers["x-amz-sns-subscription-arn"], arn)
        link = urlsplit(message["UnsubscribeURL"])
        self.ok(self.client.send("GET", "%s?%s" % (link.path, link.query), {"host": "x"}))
        self.ok(self.client.sns("Unsubscribe", SubscriptionArn=arn))
        self.assertEqual(self.subscriptions(topic), [])
        listener.stop()

    def test_mailbox(self):
        topic = self.topic("mail")
        arn = self.subscribe(topic, "email", "a@example.org", ReturnSubscriptionArn="true")
        question, = self.server.control("mailbox?endpoint=a@example.org")["messages"]
        self.assertEqual((question["type"], self.subscriptions(topic)),
                         ("SubscriptionConfirmation", ["PendingConfirmation"]))
        self.ok(self.client.sns("ConfirmSubscription", TopicArn=topic, Token=question["token"]))
        self.assertEqual(self.subscribe(topic, "email", "a@example.org"), arn)
        arn = self.subscribe(topic, "sqs", "arn:aws:sqs:us-east-1:111122223333:q")
        self.assertEqual(arn.rpartition(":")[0], topic)
        self.ok(self.client.sns("Publish", TopicArn=topic, Message="text", Subject="subject"))
        mail, = self.server.control("mailbox?endpoint=a@example.org")["messages"][1:]
        self.assertEqual((mail["subject"], mail["message"]), ("subject", "text"))
        self.assertEqual(len(self.server.control("mailbox")["messages"]), 3)
        self.server.control("empty-mailbox", {})
        self.assertEqual(self.server.control("mailbox")["messages"], [])
        for protocol, endpoint in (("pigeon", "x"), ("email", "nobody"),
                                   ("https", "http://127.0.0.1/")):
            self.refused(self.client.sns("Subscribe", TopicArn=topic, Protocol=protocol,
                                         Endpoint=endpoint),
                         400, "InvalidParameter")

    def test_nobody_answers(self):
        topic, listener = self.topic("deaf"), Listener(500)
        self.server.control("sns", {"auto_confirm": True})
        self.subscribe(topic, "http", listener.url)
        self.subscribe(topic, "http", "http://192.0.2.1/far")
        results = [entry["result"] for entry in self.settled()["deliveries"][-2:]]
        self.assertEqual((results[0], len(listener.heard)), (500, 3))
        self.assertIn("not this machine", results[1])
        self.assertEqual(self.subscriptions(topic), ["PendingConfirmation"] * 2)
        self.server.control("sns", {"auto_confirm": False})
        listener.stop()

    def test_pages(self):
        topic = self.topic("paged")
        for number in range(5):
            self.subscribe(topic, "sqs", "arn:aws:sqs:us-east-1:111122223333:q%d" % number)
        self.server.control("options", {"page_size": 2})
        for action, form in (("ListSubscriptionsByTopic", {"TopicArn": topic}),
                             ("ListSubscriptions", {})):
            seen, token = [], None
            while True:
                answer = self.ok(self.client.sns(action, **form,
                                                 **({"NextToken": token} if token else {})))
                seen += answer.texts(action + "Result/Subscriptions/member/Endpoint")
                token = answer.text(action + "Result/NextToken")
                if token is None:
                    break
            wanted = {"arn:aws:sqs:us-east-1:111122223333:q%d" % number for number in range(5)}
            self.assertTrue(wanted <= set(seen))
        self.server.control("options", {"page_size": 1000})

    def test_faults(self):
        self.server.control("faults", {"match": {"method": "POST", "path": "/"}, "kind": "500"})
        self.refused(self.client.sns("ListTopics"), 500, "InternalError")
        self.server.control("faults",
                            {"match": {"method": "POST", "path": "/"}, "kind": "throttle"})
        self.refused(self.client.sns("ListTopics"), 400, "Throttling")
        self.ok(self.client.sns("ListTopics"))
