#include "aws/sns/sns.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "aws/testing/service.hpp"
#include "base/result.hpp"

namespace zg::aws {
namespace {

class SnsTest : public testing::ServiceTest {
  protected:
    std::unique_ptr<Sns> sns = open_sns({.region = "eu-central-1"}, context());
};

TEST_F(SnsTest, CreatesATopicAndSubscribes) {
    http.answer(200,
                "<CreateTopicResponse><CreateTopicResult><TopicArn>arn:t</TopicArn></"
                "CreateTopicResult></CreateTopicResponse>");
    EXPECT_EQ(sns->create_topic("glacier jobs").value(), "arn:t");
    EXPECT_EQ(http.seen.back().url, "https://sns.eu-central-1.amazonaws.com/");
    EXPECT_EQ(http.seen.back().body, "Action=CreateTopic&Name=glacier%20jobs&Version=2010-03-31");
    EXPECT_NE(http.seen.back().authorization("Credential").find("/sns/aws4_request"),
              std::string::npos);
    http.answer(200,
                "<SubscribeResponse><SubscribeResult><SubscriptionArn>pending "
                "confirmation</SubscriptionArn></SubscribeResult></SubscribeResponse>");
    EXPECT_EQ(sns->subscribe("arn:t", "email", "me@example.org").value(), "");
    http.answer(200,
                "<SubscribeResponse><SubscribeResult><SubscriptionArn>arn:s</SubscriptionArn></"
                "SubscribeResult></SubscribeResponse>");
    EXPECT_EQ(sns->subscribe("arn:t", "sqs", "arn:q").value(), "arn:s");
}

TEST_F(SnsTest, ListsOverPages) {
    http.answer(200,
                "<ListSubscriptionsResponse><ListSubscriptionsResult><Subscriptions><member><"
                "TopicArn>arn:t</TopicArn><Protocol>email</Protocol>"
                "<SubscriptionArn>arn:s</SubscriptionArn><Endpoint>me@example.org</Endpoint></"
                "member></Subscriptions><NextToken>n</NextToken>"
                "</ListSubscriptionsResult></ListSubscriptionsResponse>");
    http.answer(200,
                "<ListSubscriptionsResponse><ListSubscriptionsResult><Subscriptions><member><"
                "TopicArn>arn:u</TopicArn></member></Subscriptions>"
                "</ListSubscriptionsResult></ListSubscriptionsResponse>");
    const auto subscriptions = sns->list_subscriptions("");
    ASSERT_TRUE(subscriptions) << subscriptions.error().message();
    ASSERT_EQ(subscriptions->size(), 2U);
    EXPECT_EQ(subscriptions->at(0).endpoint, "me@example.org");
    EXPECT_NE(http.seen.back().body.find("NextToken=n"), std::string::npos);
    http.answer(200,
                "<ListTopicsResponse><ListTopicsResult><Topics><member><TopicArn>arn:t</TopicArn></"
                "member></Topics></ListTopicsResult></ListTopicsResponse>");
    EXPECT_EQ(sns->list_topics().value(), std::vector<std::string>{"arn:t"});
}

TEST_F(SnsTest, ReadsAndWritesThePolicy) {
    http.answer(
        200,
        "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>Owner</"
        "key><value>1</value></entry>"
        "<entry><key>Policy</key><value>{&quot;Id&quot;: "
        "1}</value></entry></Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>");
    EXPECT_EQ(sns->get_policy("arn:t").value(), "{\"Id\": 1}");
    http.answer(200, "<SetTopicAttributesResponse/>");
    EXPECT_TRUE(sns->set_policy("arn:t", "{}"));
    EXPECT_NE(http.seen.back().body.find("AttributeName=Policy&AttributeValue=%7B%7D"),
              std::string::npos);
}

TEST_F(SnsTest, RefusalsHaveAHint) {
    const auto error = [&](int status, const std::string& code) {
        http.answer(status, "<ErrorResponse><Error><Type>Sender</Type><Code>" + code +
                                "</Code><Message>said "
                                "so</Message></Error><RequestId>R</RequestId></ErrorResponse>");
    };
    error(403, "AuthorizationError");
    expect_error(sns->delete_topic("arn:t"), ErrorKind::refused, "sns:DeleteTopic");
    error(404, "NotFound");
    expect_error(sns->unsubscribe("arn:s"), ErrorKind::not_found);
    error(400, "Throttled");
    expect_error(sns->set_policy("arn:t", "{}"), ErrorKind::unavailable);
    http.answer(200, "no XML");
    expect_error(sns->list_topics(), ErrorKind::unavailable, "cannot be read");
}

}  // namespace
}  // namespace zg::aws
