#include "vault_tools/internal/notify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aws/sns/sns.hpp"
#include "base/result.hpp"
#include "vault_tools/notifications.hpp"

namespace zg::vault_tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

/// Topics and subscriptions in memory; fails a given number of calls before it answers one.
class MemorySns final : public aws::Sns {
  public:
    Result<std::string> create_topic(const std::string& name) override {
        if (fails()) return busy();
        const std::string arn = "arn:aws:sns:eu-central-1:111122223333:" + name;
        if (std::ranges::find(topics, arn) == topics.end()) topics.push_back(arn);
        return arn;
    }
    Result<void> delete_topic(const std::string&) override { return {}; }
    Result<std::vector<std::string>> list_topics() override {
        if (fails()) return busy();
        return topics;
    }
    Result<std::string> subscribe(const std::string& topic, const std::string& protocol,
                                  const std::string& endpoint) override {
        if (fails()) return busy();
        subscriptions.push_back({.arn = "PendingConfirmation",
                                 .topic_arn = topic,
                                 .protocol = protocol,
                                 .endpoint = endpoint});
        return std::string();
    }
    Result<void> unsubscribe(const std::string& arn) override {
        if (fails()) return busy();
        std::erase_if(subscriptions, [&](const aws::Subscription& one) { return one.arn == arn; });
        return {};
    }
    Result<std::vector<aws::Subscription>> list_subscriptions(const std::string&) override {
        if (fails()) return busy();
        return subscriptions;
    }
    Result<std::string> get_policy(const std::string&) override { return policy; }
    Result<void> set_policy(const std::string&, const std::string& text) override {
        policy = text;
        return {};
    }

    std::vector<std::string> topics;
    std::vector<aws::Subscription> subscriptions;
    std::string policy;
    int failures = 0;

  private:
    bool fails() { return failures-- > 0; }
    static std::unexpected<Error> busy() {
        return fail({.kind = ErrorKind::unavailable, .what = "busy"});
    }
};

const std::string arn = "arn:aws:sns:eu-central-1:111122223333:done";

TEST(VaultNotify, FindsTopicsByNameAndArn) {
    MemorySns sns;
    sns.topics = {"arn:aws:sns:eu-central-1:111122223333:other", arn};
    EXPECT_EQ(topic_name(arn), "done");
    EXPECT_EQ(find_topic(sns, "done").value(), arn);
    EXPECT_EQ(find_topic(sns, "arn:aws:sns:x:1:y").value(), "arn:aws:sns:x:1:y");
    const auto missing = find_topic(sns, "don");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
    EXPECT_THAT(missing.error().hint, HasSubstr("notify subscribe"));
}

TEST(VaultNotify, RemovesConfirmedSubscriptionsThatMatch) {
    MemorySns sns;
    EXPECT_EQ(unsubscribe(sns, {}).error().kind, ErrorKind::usage);
    sns.subscriptions = {
        {.arn = "arn:1", .topic_arn = arn, .protocol = "email", .endpoint = "a"},
        {.arn = "arn:2", .topic_arn = arn, .protocol = "https", .endpoint = "b"},
        {.arn = "PendingConfirmation", .topic_arn = arn, .protocol = "email", .endpoint = "c"},
        {.arn = "arn:4",
         .topic_arn = "arn:aws:sns:eu-central-1:111122223333:other",
         .protocol = "email",
         .endpoint = "a"}};
    const auto ended = unsubscribe(sns, {.protocol = "email", .topic = "done"});
    ASSERT_TRUE(ended);
    ASSERT_EQ(ended->removed.size(), 1U);
    EXPECT_EQ(ended->removed.front().arn, "arn:1");
    ASSERT_EQ(ended->unconfirmed.size(), 1U);
    EXPECT_EQ(ended->unconfirmed.front().endpoint, "c");
    EXPECT_EQ(sns.subscriptions.size(), 3U);
}

TEST(VaultNotify, ThePolicyKeepsItsOtherStatements) {
    const std::string old = R"({"Version": "2008-10-17", "Id": "mine",)"
                            R"( "Statement": [{"Sid": "owner", "Effect": "Allow"}]})";
    const auto added = with_glacier(old, arn, "111122223333");
    ASSERT_TRUE(added && *added);
    const Json json = Json::parse(**added);
    EXPECT_EQ(json["Id"], "mine");
    ASSERT_EQ(json["Statement"].size(), 2U);
    EXPECT_EQ(json["Statement"][0]["Sid"], "owner");
    EXPECT_EQ(json["Statement"][1]["Principal"]["Service"], "glacier.amazonaws.com");
    EXPECT_EQ(json["Statement"][1]["Resource"], arn);
    EXPECT_EQ(json["Statement"][1]["Condition"]["StringEquals"]["AWS:SourceOwner"], "111122223333");
    // Added only once; another account gets another statement.
    EXPECT_FALSE(with_glacier(**added, arn, "111122223333").value());
    EXPECT_TRUE(with_glacier(**added, arn, "444455556666").value());
    EXPECT_TRUE(with_glacier("", arn, "1").value());
    EXPECT_TRUE(with_glacier(R"({"Statement": {"Sid": "one"}})", arn, "1").value());
    for (const char* broken : {"[]", "{", R"({"Statement": 3})"})
        EXPECT_FALSE(with_glacier(broken, arn, "1")) << broken;
}

}  // namespace
}  // namespace zg::vault_tools
