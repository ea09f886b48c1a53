// Amazon's notification service, as far as Glacier's jobs need it: topics and subscriptions.
// Source: Amazon SNS API Reference, version 2010-03-31.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace zg::aws {

struct ClientContext;  // aws/auth/signed_http.hpp

struct SnsConfig {
    std::string region = "us-east-1";
    std::string endpoint{};  ///< empty: Amazon's own for the region
};

struct Subscription {
    std::string arn;  ///< "PendingConfirmation" until the subscriber has confirmed
    std::string topic_arn;
    std::string protocol;  ///< "email", "https", …
    std::string endpoint;  ///< the address
    std::string owner{};
};

/// May be called from any thread. Errors: those of net::Http; refused, not_found, unavailable
/// (throttling, 5xx), usage (arguments). Calls that fail as unavailable are retried
/// (ClientContext::retry); each call may be repeated: an existing topic or subscription is returned
/// again.
class Sns {
  public:
    virtual ~Sns() = default;
    /// Returns the topic's ARN; it is not an error if the topic exists.
    virtual Result<std::string> create_topic(const std::string& name) = 0;
    virtual Result<void> delete_topic(const std::string& topic_arn) = 0;
    virtual Result<std::vector<std::string>> list_topics() = 0;  ///< their ARNs
    /// Returns the subscription's ARN; empty until it is confirmed.
    virtual Result<std::string> subscribe(const std::string& topic_arn, const std::string& protocol,
                                          const std::string& endpoint) = 0;
    virtual Result<void> unsubscribe(const std::string& subscription_arn) = 0;
    /// `topic_arn` empty: of all topics.
    virtual Result<std::vector<Subscription>> list_subscriptions(const std::string& topic_arn) = 0;
    /// The policy that says who may publish to the topic, JSON.
    virtual Result<std::string> get_policy(const std::string& topic_arn) = 0;
    virtual Result<void> set_policy(const std::string& topic_arn, const std::string& policy) = 0;
};

/// References outlive the object.
std::unique_ptr<Sns> open_sns(SnsConfig config, const ClientContext& context);

}  // namespace zg::aws
