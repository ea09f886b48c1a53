#include "aws/sns/sns.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "aws/auth/sigv4.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

constexpr std::string_view again = "run the same command again later";

// Source: Amazon SNS API Reference, "Common Error Types" and those of each action.
constexpr KnownFailure known[] = {
    {"AuthorizationError", ErrorKind::refused, "access denied", "the keys need the permission {0}"},
    {"AccessDenied", ErrorKind::refused, "access denied", "the keys need the permission {0}"},
    {"InvalidClientTokenId", ErrorKind::refused, "the access key does not exist",
     "check AWS_ACCESS_KEY_ID, or the profile"},
    {"SignatureDoesNotMatch", ErrorKind::refused, "the secret key or this machine's clock is wrong",
     "check AWS_SECRET_ACCESS_KEY, or the profile"},
    {"ExpiredToken", ErrorKind::refused, "the session token has expired",
     "get new session credentials"},
    {"NotFound", ErrorKind::not_found, "there is no such topic or subscription",
     "`zglacier vault notify topics` lists the topics"},
    {"InvalidParameter", ErrorKind::usage, "the service refuses an argument", ""},
    {"TopicLimitExceeded", ErrorKind::full, "the account has the maximum number of topics", ""},
    {"SubscriptionLimitExceeded", ErrorKind::full,
     "the topic has the maximum number of subscriptions", ""},
    {"Throttled", ErrorKind::unavailable, "the service asks to slow down", again},
    {"Throttling", ErrorKind::unavailable, "the service asks to slow down", again},
    {"InternalError", ErrorKind::unavailable, "the service had an internal error", again},
};

Failure read_sns_failure(const net::Response& response) {
    Failure failure{.status = response.status};
    pugi::xml_document document;
    if (document.load_buffer(response.body.data(), response.body.size())) {
        const pugi::xml_node root = document.child("ErrorResponse");
        failure.code = shown(root.child("Error").child_value("Code"));
        failure.message = shown(root.child("Error").child_value("Message"));
        failure.request_id = shown(root.child_value("RequestId"));
    }
    return failure;
}

KnownFailure entry_of(const Failure& failure) {
    const auto* found = std::ranges::find(known, failure.code, &KnownFailure::code);
    if (found != std::end(known)) return *found;
    if (failure.status >= 500 || failure.status == 429)
        return {"", ErrorKind::unavailable, "the service is not available", again};
    if (failure.status == 403)
        return {"", ErrorKind::refused, "access denied", "the keys need the permission {0}"};
    if (failure.status == 404)
        return {"", ErrorKind::not_found, "there is no such topic or subscription", ""};
    return {"", ErrorKind::refused, "the server refuses the request",
            "check that this is the endpoint of the SNS service"};
}

class SnsCalls final : public Sns {
  public:
    SnsCalls(SnsConfig config, const ClientContext& context)
        : config_(std::move(config)),
          http_("sns", context, read_sns_failure),
          endpoint_(parse_endpoint(config_.endpoint.empty() ? amazon_endpoint("sns", config_.region)
                                                            : config_.endpoint)) {}

    Result<std::string> create_topic(const std::string& name) override {
        ZG_TRY(const pugi::xml_document answer,
               call("CreateTopic", {{"Name", name}}, "topic " + name));
        return std::string(result_of(answer).child_value("TopicArn"));
    }
    Result<void> delete_topic(const std::string& topic_arn) override {
        return done(call("DeleteTopic", {{"TopicArn", topic_arn}}, topic_arn));
    }
    Result<std::vector<std::string>> list_topics() override {
        std::vector<std::string> topics;
        ZG_CHECK(each_page(
            "ListTopics", {}, "the topics in " + config_.region, [&](const pugi::xml_node& result) {
                for (const pugi::xml_node topic : result.child("Topics").children("member"))
                    topics.emplace_back(topic.child_value("TopicArn"));
            }));
        return topics;
    }
    Result<std::string> subscribe(const std::string& topic_arn, const std::string& protocol,
                                  const std::string& endpoint) override {
        ZG_TRY(const pugi::xml_document answer,
               call("Subscribe",
                    {{"TopicArn", topic_arn}, {"Protocol", protocol}, {"Endpoint", endpoint}},
                    topic_arn));
        const std::string arn = result_of(answer).child_value("SubscriptionArn");
        return arn.starts_with("arn:") ? arn : std::string();
    }
    Result<void> unsubscribe(const std::string& arn) override {
        return done(call("Unsubscribe", {{"SubscriptionArn", arn}}, arn));
    }
    Result<std::vector<Subscription>> list_subscriptions(const std::string& topic_arn) override {
        std::vector<Subscription> subscriptions;
        const Query of_topic = topic_arn.empty() ? Query{} : Query{{"TopicArn", topic_arn}};
        ZG_CHECK(each_page(
            topic_arn.empty() ? "ListSubscriptions" : "ListSubscriptionsByTopic", of_topic,
            topic_arn, [&](const pugi::xml_node& result) {
                for (const pugi::xml_node member : result.child("Subscriptions").children("member"))
                    subscriptions.push_back({.arn = member.child_value("SubscriptionArn"),
                                             .topic_arn = member.child_value("TopicArn"),
                                             .protocol = member.child_value("Protocol"),
                                             .endpoint = member.child_value("Endpoint"),
                                             .owner = member.child_value("Owner")});
            }));
        return subscriptions;
    }
    Result<std::string> get_policy(const std::string& topic_arn) override {
        ZG_TRY(const pugi::xml_document answer,
               call("GetTopicAttributes", {{"TopicArn", topic_arn}}, topic_arn));
        for (const pugi::xml_node entry : result_of(answer).child("Attributes").children("entry"))
            if (std::string_view(entry.child_value("key")) == "Policy")
                return std::string(entry.child_value("value"));
        return std::string();
    }
    Result<void> set_policy(const std::string& topic_arn, const std::string& policy) override {
        return done(
            call("SetTopicAttributes",
                 {{"TopicArn", topic_arn}, {"AttributeName", "Policy"}, {"AttributeValue", policy}},
                 topic_arn));
    }

  private:
    static Result<void> done(Result<pugi::xml_document> answer) {
        if (!answer) return fail(std::move(answer.error()));
        return {};
    }

    /// <CreateTopicResult> in <CreateTopicResponse>.
    static pugi::xml_node result_of(const pugi::xml_document& answer) {
        return answer.document_element().first_child();
    }

    Result<pugi::xml_document> call(const std::string& action, Query parameters,
                                    const std::string& where) {
        parameters.emplace_back("Action", action);
        parameters.emplace_back("Version", "2010-03-31");
        const std::string form = canonical_query(parameters);
        return http_.retrying([&] { return call_once(action, form, where); });
    }

    Result<pugi::xml_document> call_once(const std::string& action, const std::string& form,
                                         const std::string& where) {
        ZG_TRY(const SignedHttp::Answer answer,
               http_.send({.method = "POST",
                           .endpoint = endpoint_,
                           .region = config_.region,
                           .path = "/",
                           .headers = {{"Content-Type",
                                        "application/x-www-form-urlencoded; charset=utf-8"}},
                           .body = as_bytes(form)}));
        if (answer.failure)
            return fail(
                error_of(*answer.failure, entry_of(*answer.failure), "sns:" + action, where));
        pugi::xml_document document;
        if (!document.load_buffer(answer.response.body.data(), answer.response.body.size()))
            return fail({.kind = ErrorKind::unavailable,
                         .what = "the service's answer cannot be read",
                         .where = where});
        return document;
    }

    Result<void> each_page(const std::string& action, const Query& parameters,
                           const std::string& where,
                           const std::function<void(const pugi::xml_node&)>& take) {
        std::string token;
        for (;;) {
            Query query = parameters;
            if (!token.empty()) query.emplace_back("NextToken", token);
            ZG_TRY(const pugi::xml_document answer, call(action, std::move(query), where));
            take(result_of(answer));
            const std::string next = result_of(answer).child_value("NextToken");
            if (next.empty()) return {};
            if (next == token)
                return fail({.kind = ErrorKind::unavailable,
                             .what = "the service's listing does not end",
                             .where = where});
            token = next;
        }
    }

    SnsConfig config_;
    SignedHttp http_;
    Endpoint endpoint_;
};

}  // namespace

std::unique_ptr<Sns> open_sns(SnsConfig config, const ClientContext& context) {
    return std::make_unique<SnsCalls>(std::move(config), context);
}

}  // namespace zg::aws
