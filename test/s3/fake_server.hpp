// Starts test/fake_aws for a test, and makes its control calls.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/retry_policy.hpp"
#include "base/secret.hpp"
#include "base/testing/temporary_folder.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

namespace zg::test {

/// A server on a free port of 127.0.0.1; the destructor ends it by its process id.
class FakeServer {
  public:
    /// `arguments`: in addition to those for the port, the key "TESTKEY"/"testsecret" and the
    /// bucket "bucket".
    explicit FakeServer(std::vector<std::string> arguments = {});
    ~FakeServer();
    FakeServer(const FakeServer&) = delete;

    [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
    /// POST /_control/`call` with `body`.
    void control(const std::string& call, const nlohmann::json& body);
    /// GET /_control/`call`.
    nlohmann::json get(const std::string& call);
    nlohmann::json state() { return get("state"); }
    /// The thaw clock.
    void advance(std::chrono::seconds duration) {
        control("clock", {{"advance", duration.count()}});
    }

  private:
    TemporaryFolder folder_;
    std::unique_ptr<net::Http> http_ = net::open_http({});
    std::string endpoint_;
    int pid_ = -1;
};

/// Always the same keys.
class FixedCredentials final : public aws::CredentialProvider {
  public:
    explicit FixedCredentials(std::string id = "TESTKEY", std::string secret = "testsecret")
        : id_(std::move(id)), secret_(std::move(secret)) {}
    Result<aws::Credentials> get() override {
        return aws::Credentials{.access_key_id = id_, .secret_access_key = Secret(secret_)};
    }
    void refused(const aws::Credentials&) override {}
    [[nodiscard]] std::string source() const override { return "test"; }

  private:
    std::string id_;
    std::string secret_;
};

/// The machine's clock, advanced by the test, so that signatures stay valid while thaws pass.
class MovedClock final : public Clock {
  public:
    [[nodiscard]] TimePoint now() const override { return system_.now() + moved_; }
    [[nodiscard]] std::chrono::nanoseconds monotonic() const override {
        return system_.monotonic();
    }
    void sleep(std::chrono::milliseconds duration) override { system_.sleep(duration); }
    void advance(std::chrono::seconds duration) { moved_ += duration; }

  private:
    SystemClock system_;
    std::chrono::seconds moved_{};
};

/// Keeps all lines.
class KeptLog final : public Log {
  public:
    void line(Level level, std::string_view text) override {
        const std::lock_guard lock(mutex_);
        text_ += std::string(level == Level::warning ? "warning: " : "") + std::string(text) + "\n";
    }
    [[nodiscard]] std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_;
    }

  private:
    mutable std::mutex mutex_;
    std::string text_;
};

constexpr RetryPolicy no_retries{.budget = std::chrono::seconds(0)};

/// Everything that an S3 store on a fake server needs; the order of members matters.
struct Client {
    /// The store `url` at the server `endpoint`. Signs with the machine's clock; the store's own is
    /// `clock`.
    Client(const std::string& endpoint, const std::string& url, Clock& clock,
           net::HttpOptions http_options = {},
           std::unique_ptr<aws::CredentialProvider> keys = std::make_unique<FixedCredentials>(),
           RetryPolicy retry = no_retries);

    SystemClock signing_clock;
    SystemRandom random;
    KeptLog log;
    std::unique_ptr<net::Http> http;
    std::unique_ptr<aws::CredentialProvider> credentials;
    std::unique_ptr<store::Store> store;
};

}  // namespace zg::test
