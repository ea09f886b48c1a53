// A fixture for tests of credentials: a home folder, variables, and scripted HTTP.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "base/bytes.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "net/http.hpp"

namespace zg::aws::testing {

/// Part of every secret in the tests, so that a secret in a message is found.
inline const std::string mark = "S3cr3t";
inline const std::string secret_key = mark + "Key";

/// Answers requests in the order of its script; a request without an answer is a failure.
class ScriptedHttp final : public net::Http {
  public:
    struct Seen {
        std::string method;
        std::string url;
        net::Headers headers;
        std::string body;
        std::chrono::milliseconds timeout{0};
        [[nodiscard]] std::string header(std::string_view name) const {
            for (const net::Header& header : headers)
                if (header.name.size() == name.size() &&
                    ::strncasecmp(header.name.data(), name.data(), name.size()) == 0)
                    return header.value;
            return {};
        }
    };

    void answer(int status, std::string body) {
        answers_.emplace_back([=]() -> Result<net::Response> {
            return net::Response{.status = status, .body = to_buffer(body)};
        });
    }
    void break_down(ErrorKind kind = ErrorKind::unavailable) {
        answers_.emplace_back([=]() -> Result<net::Response> {
            return fail({.kind = kind, .what = "no connection", .where = "http://host"});
        });
    }
    [[nodiscard]] bool done() const { return answers_.empty(); }

    Result<net::Response> send(const net::Request& request) override {
        const std::lock_guard guard(mutex_);
        seen.push_back({request.method, request.url, request.headers,
                        std::string(as_text(request.body)),
                        request.timeout.value_or(std::chrono::milliseconds(0))});
        if (answers_.empty()) {
            ADD_FAILURE() << "one request too many: " << request.method << " " << request.url;
            return fail({.kind = ErrorKind::internal, .what = "the script is over"});
        }
        const auto next = answers_.front();
        answers_.pop_front();
        return next();
    }

    std::vector<Seen> seen;

  private:
    std::mutex mutex_;
    std::deque<std::function<Result<net::Response>()>> answers_;
};

/// Every error must say what to do next, and must not show a secret.
inline void expect_error(const Error& error, ErrorKind kind) {
    EXPECT_EQ(kind_name(error.kind), kind_name(kind)) << error.message();
    EXPECT_FALSE(error.what.empty());
    EXPECT_FALSE(error.hint.empty()) << error.message();
    EXPECT_EQ((error.message() + error.where + error.hint + error.cause).find(mark),
              std::string::npos)
        << error.message() << " / " << error.hint;
}

inline std::string sts_answer(const std::string& action, const std::string& id,
                              const std::string& expires = "2026-11-23T03:00:00Z") {
    return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" +
           action + "Result><Credentials><AccessKeyId>" + id + "</AccessKeyId><SecretAccessKey>" +
           secret_key + "</SecretAccessKey><SessionToken>" + mark + "Token" + id +
           "</SessionToken><Expiration>" + expires + "</Expiration></Credentials></" + action +
           "Result></" + action + "Response>";
}

inline std::string sts_error(const std::string& code, const std::string& message = "no") {
    return "<ErrorResponse "
           "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>" +
           code + "</Code><Message>" + message +
           "</Message></Error><RequestId>r</RequestId></ErrorResponse>";
}

inline std::string json_answer(const std::string& id, const std::string& token_name,
                               const std::string& expires = "2026-11-23T03:00:00Z") {
    return R"({"Version": 1, "Code": "Success", "AccessKeyId": ")" + id +
           R"(", "SecretAccessKey": ")" + secret_key + R"(", ")" + token_name + R"(": ")" + mark +
           R"(Token", "Expiration": ")" + expires + R"("})";
}

class CredentialTest : public ::testing::Test {
  protected:
    void SetUp() override {
        variables["HOME"] = home.path();
        variables["AWS_EC2_METADATA_DISABLED"] = "true";
        std::filesystem::create_directory(home.path() + "/.aws");
    }
    void TearDown() override { EXPECT_TRUE(http.done()) << "a scripted answer was not used"; }

    std::string write(const std::string& name, const std::string& text) const {
        std::string path = home.path() + "/" + name;
        std::ofstream(path) << text;
        return path;
    }
    void config(const std::string& text) const { write(".aws/config", text); }
    void credentials(const std::string& text) const { write(".aws/credentials", text); }
    static std::string keys(const std::string& id) {
        return "aws_access_key_id = " + id + "\naws_secret_access_key = " + secret_key + "\n";
    }

    Result<std::unique_ptr<CredentialProvider>> find(const std::string& profile = "",
                                                     const std::string& region = "eu-central-1") {
        environment = std::make_unique<Environment>(variables);
        return find_credentials({.environment = *environment,
                                 .http = http,
                                 .clock = clock,
                                 .profile = profile,
                                 .region = region,
                                 .keys = keys_given});
    }
    /// The first access key id of a new provider.
    std::string first_id(const std::string& profile = "") {
        auto provider = find(profile);
        EXPECT_TRUE(provider) << provider.error().message();
        if (!provider) return {};
        const auto got = (*provider)->get();
        EXPECT_TRUE(got) << got.error().message();
        return got ? got->access_key_id : std::string();
    }
    void expect_wrong(const std::string& profile, const std::string& word,
                      ErrorKind kind = ErrorKind::usage) {
        auto provider = find(profile);
        ASSERT_FALSE(provider);
        expect_error(provider.error(), kind);
        EXPECT_NE((provider.error().message() + provider.error().hint).find(word),
                  std::string::npos)
            << provider.error().message();
    }

    TemporaryFolder home;
    std::map<std::string, std::string, std::less<>> variables;
    std::unique_ptr<Environment> environment;
    GivenKeys keys_given;
    ScriptedHttp http;
    ManualClock clock;
};

}  // namespace zg::aws::testing
