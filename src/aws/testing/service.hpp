// A fixture for tests of Amazon's services: a scripted server.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "aws/auth/signed_http.hpp"
#include "aws/s3/s3.hpp"
#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/retry_policy.hpp"
#include "base/secret.hpp"
#include "base/testing/kept_log.hpp"
#include "base/testing/manual_clock.hpp"
#include "net/http.hpp"

namespace zg::aws::testing {

/// Answers requests in the order of its script; a request without an answer is a failure.
class ServiceHttp final : public net::Http {
  public:
    struct Seen {
        std::string method;
        std::string url;
        net::Headers headers;
        std::string body;
        [[nodiscard]] std::string header(std::string_view name) const {
            return std::string(net::find_header(headers, name).value_or("(none)"));
        }
        /// The text after "name=" in the Authorization header.
        [[nodiscard]] std::string authorization(const std::string& name) const {
            const std::string text = header("Authorization");
            const std::size_t at = text.find(name + "=");
            if (at == std::string::npos) return {};
            const std::string rest = text.substr(at + name.size() + 1);
            return rest.substr(0, rest.find(','));
        }
        [[nodiscard]] std::string region() const {
            const std::string scope = authorization("Credential");
            const std::size_t date = scope.find('/') + 1;
            const std::size_t region = scope.find('/', date) + 1;
            return scope.substr(region, scope.find('/', region) - region);
        }
    };
    using Step = std::function<Result<net::Response>(const net::Request&)>;

    void step(Step step) { steps_.push_back(std::move(step)); }
    void answer(int status, std::string body = "", net::Headers headers = {}) {
        step([=](const net::Request& request) { return respond(request, status, body, headers); });
    }
    void error(int status, const std::string& code, const std::string& more = "",
               net::Headers headers = {}) {
        answer(status,
               "<?xml version=\"1.0\"?><Error><Code>" + code +
                   "</Code><Message>said so</Message><RequestId>R1</RequestId>" + more + "</Error>",
               std::move(headers));
    }
    /// Sends part of the body, then cuts the connection.
    void cut(int status, const std::string& body, net::Headers headers = {}) {
        step([=](const net::Request& request) {
            auto response = respond(request, status, body, headers);
            response->cut = Error{.kind = ErrorKind::unavailable, .what = "the connection was cut"};
            return response;
        });
    }
    [[nodiscard]] bool done() const { return steps_.empty(); }

    Result<net::Response> send(const net::Request& request) override {
        seen.push_back(
            {request.method, request.url, request.headers, std::string(as_text(request.body))});
        if (steps_.empty()) {
            ADD_FAILURE() << "one request too many: " << request.method << " " << request.url;
            return fail({.kind = ErrorKind::internal, .what = "the script is over"});
        }
        const Step next = std::move(steps_.front());
        steps_.pop_front();
        return next(request);
    }

    static Result<net::Response> respond(const net::Request& request, int status,
                                         const std::string& body, const net::Headers& headers) {
        net::Response response{.status = status, .headers = headers};
        const bool into = !request.into.empty() && status >= 200 && status < 300;
        if (body.size() > (into ? request.into.size() : request.max_body))
            return fail({.kind = ErrorKind::damage, .what = "longer than it can be"});
        if (into) {
            std::ranges::copy(as_bytes(body), request.into.begin());
            response.received = body.size();
        } else if (request.method != "HEAD") {
            response.body = to_buffer(body);
        }
        return response;
    }

    std::vector<Seen> seen;

  private:
    std::deque<Step> steps_;
};

/// Provides key 1 with token 1, and after each refusal the next ones.
class RollingCredentials final : public CredentialProvider {
  public:
    Result<Credentials> get() override {
        if (broken) return fail({.kind = ErrorKind::refused, .what = "there are no credentials"});
        return Credentials{
            .access_key_id = "KEY" + std::to_string(number),
            .secret_access_key = Secret("S3cr3tKey"),
            .session_token = Secret(long_term ? "" : "S3cr3tToken" + std::to_string(number))};
    }
    void refused(const Credentials& used) override {
        if (used.access_key_id == "KEY" + std::to_string(number)) ++number;
    }
    [[nodiscard]] std::string source() const override { return "test"; }
    int number = 1;
    bool long_term = false;
    bool broken = false;
};

/// Base of the tests of each service.
class ServiceTest : public ::testing::Test {
  protected:
    void TearDown() override {
        EXPECT_TRUE(http.done()) << "a scripted answer was not used";
        EXPECT_TRUE(log.others.empty());
    }
    [[nodiscard]] ClientContext context() {
        return {.http = http,
                .credentials = credentials,
                .clock = clock,
                .log = log,
                .random = random,
                .retry = retry};
    }

    template <class T>
    void expect_error(const Result<T>& result, ErrorKind kind, const std::string& word = "") {
        ASSERT_FALSE(result);
        const Error& error = result.error();
        EXPECT_EQ(kind_name(error.kind), kind_name(kind)) << error.message();
        EXPECT_FALSE(error.what.empty());
        const std::string all = error.message() + " / " + error.hint;
        EXPECT_NE(all.find(word), std::string::npos) << all;
        EXPECT_EQ(all.find("S3cr3t"), std::string::npos) << all;
        EXPECT_EQ(all.find("Signature="), std::string::npos) << all;
    }

    ServiceHttp http;
    RollingCredentials credentials;
    ManualClock clock;
    KeptLog log;
    SystemRandom random;
    RetryPolicy retry{.budget = std::chrono::seconds(0)};  ///< most tests check one request
};

class S3Test : public ServiceTest {
  protected:
    void open(BucketConfig config) { s3 = open_s3(std::move(config), context()); }
    std::unique_ptr<S3> s3 = open_s3({.bucket = "bucket", .region = "eu-central-1"}, context());
};

}  // namespace zg::aws::testing
