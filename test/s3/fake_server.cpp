#include "fake_server.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "aws/s3/s3.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/retry_policy.hpp"
#include "base/testing/paths.hpp"
#include "net/http.hpp"
#include "store/s3/options.hpp"
#include "store/s3/s3_store.hpp"
#include "store/url.hpp"

namespace zg::test {

FakeServer::FakeServer(std::vector<std::string> arguments) {
    const std::string port_file = folder_.path() + "/port";
    std::vector<std::string> argv{"/usr/bin/python3",
                                  source_dir() + "/test/fake_aws/fake_aws.py",
                                  "--port",
                                  "0",
                                  "--port-file",
                                  port_file,
                                  "--data",
                                  folder_.path() + "/data",
                                  "--key",
                                  "TESTKEY:testsecret",
                                  "--bucket",
                                  "bucket:us-east-1"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    std::vector<char*> raw;
    for (std::string& argument : argv) raw.push_back(argument.data());
    raw.push_back(nullptr);
    if (::posix_spawn(&pid_, raw[0], nullptr, nullptr, raw.data(), environ) != 0)
        throw std::runtime_error("cannot start python3");
    for (int wait = 0; wait < 3000; ++wait) {
        std::ifstream file(port_file);
        if (int port = 0; file >> port) {
            endpoint_ = fmt::format("http://127.0.0.1:{}", port);
            return;
        }
        ::usleep(20'000);
    }
    throw std::runtime_error("the fake server does not start");
}

FakeServer::~FakeServer() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
}

void FakeServer::control(const std::string& call, const nlohmann::json& body) {
    const std::string text = body.dump();
    auto answer = http_->send(
        {.method = "POST", .url = endpoint_ + "/_control/" + call, .body = as_bytes(text)});
    if (!answer) throw std::runtime_error(answer.error().message());
    if (answer->status != 200)
        throw std::runtime_error(
            fmt::format("{} {}: {}", call, answer->status, as_text(answer->body)));
}

nlohmann::json FakeServer::get(const std::string& call) {
    auto answer = http_->send({.method = "GET",
                               .url = endpoint_ + "/_control/" + call,
                               .max_body = std::size_t{64} << 20U});
    if (!answer) throw std::runtime_error(answer.error().message());
    return nlohmann::json::parse(as_text(answer->body));
}

Client::Client(const std::string& endpoint, const std::string& url, Clock& clock,
               net::HttpOptions http_options, std::unique_ptr<aws::CredentialProvider> keys,
               RetryPolicy retry)
    : http(net::open_http(std::move(http_options))), credentials(std::move(keys)) {
    store::S3Options options = store::read_s3_options(store::parse_url(url).value()).value();
    aws::BucketConfig config{.bucket = options.bucket,
                             .region = "us-east-1",
                             .endpoint = endpoint,
                             .addressing = aws::Addressing::path,
                             .requester_pays = options.requester_pays,
                             .expected_owner = options.owner};
    auto bucket = aws::open_s3(std::move(config), {.http = *http,
                                                   .credentials = *credentials,
                                                   .clock = signing_clock,
                                                   .log = log,
                                                   .random = random,
                                                   .retry = retry});
    store = store::make_s3_store(std::move(options), std::move(bucket), clock, log);
}

}  // namespace zg::test
