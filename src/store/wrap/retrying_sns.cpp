#include "store/wrap/retrying_sns.hpp"

namespace zg::store {

namespace {

class RetryingSns final : public aws::Sns {
  public:
    RetryingSns(std::unique_ptr<aws::Sns> inner, RetryPolicy policy, Clock& clock, Random& random,
                Log& log)
        : inner_(std::move(inner)), retrier_(policy, clock, random, log) {}

    Result<std::string> create_topic(const std::string& name) override {
        return retrier_.again([&] { return inner_->create_topic(name); });
    }
    Result<void> delete_topic(const std::string& topic_arn) override {
        return retrier_.again([&] { return inner_->delete_topic(topic_arn); });
    }
    Result<std::vector<std::string>> list_topics() override {
        return retrier_.again([&] { return inner_->list_topics(); });
    }
    Result<std::string> subscribe(const std::string& topic_arn, const std::string& protocol,
                                  const std::string& endpoint) override {
        return retrier_.again([&] { return inner_->subscribe(topic_arn, protocol, endpoint); });
    }
    Result<void> unsubscribe(const std::string& subscription_arn) override {
        return retrier_.again([&] { return inner_->unsubscribe(subscription_arn); });
    }
    Result<std::vector<aws::Subscription>> list_subscriptions(
        const std::string& topic_arn) override {
        return retrier_.again([&] { return inner_->list_subscriptions(topic_arn); });
    }
    Result<std::string> get_policy(const std::string& topic_arn) override {
        return retrier_.again([&] { return inner_->get_policy(topic_arn); });
    }
    Result<void> set_policy(const std::string& topic_arn, const std::string& policy) override {
        return retrier_.again([&] { return inner_->set_policy(topic_arn, policy); });
    }

  private:
    std::unique_ptr<aws::Sns> inner_;
    Retrier retrier_;
};

}  // namespace

std::unique_ptr<aws::Sns> retry(std::unique_ptr<aws::Sns> inner, RetryPolicy policy, Clock& clock,
                                Random& random, Log& log) {
    return std::make_unique<RetryingSns>(std::move(inner), policy, clock, random, log);
}

}  // namespace zg::store
