#include "net/http.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/testing/manual_clock.hpp"
#include "net/rate_limiter.hpp"
#include "net/testing/tiny_server.hpp"

namespace zg::net {
namespace {

using After = TinyServer::After;

TinyServer::Handler always(const std::string& raw, After after = After::keep) {
    return [=](const TinyServer::Seen&) { return TinyServer::Reply{raw, after}; };
}

class HttpTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { ::setenv("no_proxy", "*", 1); }
    std::unique_ptr<Http> http = open_http({.stall_timeout = std::chrono::seconds(60)});
    /// For servers that stall.
    std::unique_ptr<Http> hasty = open_http({.stall_timeout = std::chrono::seconds(1)});

    Response get(const std::string& url) {
        auto response = http->send({.method = "GET", .url = url});
        EXPECT_TRUE(response) << response.error().message();
        return response ? std::move(*response) : Response{};
    }
};

void expect_error(const Result<Response>& response, ErrorKind kind, const std::string& word,
                  const std::string& where) {
    ASSERT_FALSE(response);
    const Error& error = response.error();
    EXPECT_EQ(kind_name(error.kind), kind_name(kind)) << error.message();
    EXPECT_NE(error.what.find(word), std::string::npos) << error.message();
    EXPECT_EQ(error.where, where.substr(0, where.find('/', 8)));
    EXPECT_EQ((error.message() + error.hint).find("secret"), std::string::npos) << error.message();
}

TEST_F(HttpTest, ReturnsStatusHeadersAndBody) {
    const TinyServer server(
        always(TinyServer::whole("404 Not Found", "gone", "X-Odd:  a b \r\nx-odd: second\r\n")));
    const Response response = get(server.url());
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(as_text(response.body), "gone");
    EXPECT_EQ(find_header(response.headers, "x-ODD"), "a b");
    EXPECT_EQ(find_header(response.headers, "X-Absent"), std::nullopt);
}

TEST_F(HttpTest, DoesNotFollowRedirects) {
    const TinyServer server(
        always(TinyServer::whole("301 Moved", "", "Location: http://127.0.0.1:1/\r\n")));
    const Response response = get(server.url());
    EXPECT_EQ(response.status, 301);
    EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpTest, SendsTheRequestUnchanged) {
    TinyServer::Seen seen;
    const TinyServer server([&](const TinyServer::Seen& request) {
        seen = request;
        return TinyServer::Reply{TinyServer::whole("200 OK", "")};
    });
    const std::string body(3'000'000, 'b');
    const Request request{.method = "PUT",
                          .url = server.url("/a/../%2F//c?uploads=&x=%20"),
                          .headers = {{"X-One", "1"}, {"X-Empty", ""}},
                          .body = as_bytes(body)};
    ASSERT_TRUE(http->send(request));
    EXPECT_TRUE(seen.head.starts_with("PUT /a/../%2F//c?uploads=&x=%20 HTTP/1.1\r\n")) << seen.head;
    EXPECT_TRUE(seen.has("X-One: 1"));
    EXPECT_TRUE(seen.has("X-Empty:"));
    EXPECT_TRUE(seen.has("Content-Length: 3000000"));
    EXPECT_EQ(seen.head.find("Expect"), std::string::npos) << seen.head;
    EXPECT_EQ(seen.head.find("Transfer-Encoding"), std::string::npos) << seen.head;
    EXPECT_TRUE(seen.body == body);
}

TEST_F(HttpTest, SendsEmptyBodiesWithTheirLength) {
    TinyServer::Seen seen;
    const TinyServer server([&](const TinyServer::Seen& request) {
        seen = request;
        return TinyServer::Reply{TinyServer::whole("200 OK", "")};
    });
    for (const std::string method : {"POST", "PUT"}) {
        ASSERT_TRUE(http->send({.method = method, .url = server.url()}));
        EXPECT_TRUE(seen.head.starts_with(method + " / ")) << seen.head;
        EXPECT_TRUE(seen.has("Content-Length: 0")) << seen.head;
    }
    ASSERT_TRUE(http->send({.method = "DELETE", .url = server.url()}));
    EXPECT_TRUE(seen.head.starts_with("DELETE / ")) << seen.head;
    EXPECT_EQ(seen.head.find("Content-Length"), std::string::npos) << seen.head;
}

TEST_F(HttpTest, HeadDoesNotWaitForABody) {
    const TinyServer server(
        always("HTTP/1.1 200 OK\r\nContent-Length: 500\r\nX-Amz-Restore: y\r\n\r\n"));
    for (int i = 0; i < 2; ++i) {
        auto response = http->send({.method = "HEAD", .url = server.url()});
        ASSERT_TRUE(response) << response.error().message();
        EXPECT_EQ(response->status, 200);
        EXPECT_EQ(find_header(response->headers, "content-length"), "500");
    }
    EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpTest, TheLastOfSeveralHeadsCounts) {
    const TinyServer server(always("HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n" +
                                   TinyServer::whole("200 OK", "body")));
    Buffer into(4);
    auto response = http->send({.method = "GET", .url = server.url(), .into = into});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->received, 4U);
    EXPECT_EQ(find_header(response->headers, "X-Early"), std::nullopt);
}

TEST_F(HttpTest, WritesASuccessIntoTheBufferAndKeepsAFailure) {
    const std::string body(300'000, 'x');
    const TinyServer server([&](const TinyServer::Seen& seen) {
        return TinyServer::Reply{seen.head.starts_with("GET /good")
                                     ? TinyServer::whole("206 Partial", body)
                                     : TinyServer::whole("403 Forbidden", "why")};
    });
    Buffer into(400'000);
    auto response = http->send({.method = "GET", .url = server.url("/good"), .into = into});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->received, body.size());
    EXPECT_TRUE(response->body.empty());
    EXPECT_FALSE(response->cut);
    EXPECT_TRUE(as_text(Bytes(into).first(body.size())) == body);
    response = http->send({.method = "GET", .url = server.url("/bad"), .into = into});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(as_text(response->body), "why");
    EXPECT_EQ(response->received, 0U);
}

TEST_F(HttpTest, ABodyThatIsTooLongIsDamage) {
    const TinyServer server(always(TinyServer::whole("200 OK", std::string(100'000, 'x'))));
    Buffer into(99'999);
    expect_error(http->send({.method = "GET", .url = server.url(), .into = into}),
                 ErrorKind::damage, "longer", server.url());
    expect_error(http->send({.method = "GET", .url = server.url(), .max_body = 99'999}),
                 ErrorKind::damage, "longer", server.url());
    EXPECT_TRUE(http->send({.method = "GET", .url = server.url(), .max_body = 100'000}));
}

TEST_F(HttpTest, ACutInTheBodyKeepsTheBytesReceived) {
    const TinyServer server(
        always("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", After::close));
    Buffer into(100);
    auto response = http->send({.method = "GET", .url = server.url(), .into = into});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->received, 4U);
    ASSERT_TRUE(response->cut);
    EXPECT_EQ(response->cut->kind, ErrorKind::unavailable);
    expect_error(http->send({.method = "GET", .url = server.url("/?secret=1")}),
                 ErrorKind::unavailable, "cut", server.url());
}

TEST_F(HttpTest, AConnectionClosedWithoutAnAnswerIsTransient) {
    const TinyServer server(always("", After::close));
    expect_error(http->send({.method = "GET", .url = server.url("/?secret=1")}),
                 ErrorKind::unavailable, "without an answer", server.url());
}

TEST_F(HttpTest, AServerThatDoesNotAnswerIsAStall) {
    const TinyServer server(always("", After::hang));
    expect_error(hasty->send({.method = "GET", .url = server.url("/?secret=1")}),
                 ErrorKind::unavailable, "stalled", server.url());
}

TEST_F(HttpTest, AnInterruptedAnswerIsAStall) {
    const TinyServer server(
        always("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", After::hang));
    Buffer into(100);
    auto response = hasty->send({.method = "GET", .url = server.url(), .into = into});
    ASSERT_TRUE(response) << response.error().message();
    ASSERT_TRUE(response->cut);
    EXPECT_NE(response->cut->what.find("stalled"), std::string::npos) << response->cut->message();
}

TEST_F(HttpTest, ARequestMayHaveItsOwnTimeout) {
    http = open_http({});
    const TinyServer server(always("", After::hang));
    expect_error(
        http->send({.method = "GET", .url = server.url(), .timeout = std::chrono::seconds(2)}),
        ErrorKind::unavailable, "too long", server.url());
}

TEST_F(HttpTest, ARefusedConnectionIsTransient) {
    // Bound but not listening: nobody else can get the port in the meantime.
    const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
    expect_error(http->send({.method = "GET", .url = url + "?secret=1"}), ErrorKind::unavailable,
                 "refused", url);
}

TEST_F(HttpTest, ANameThatDoesNotResolveIsUsageUntilSomethingWasReached) {
    const std::string url = "http://no-such-host.invalid/";
    expect_error(http->send({.method = "GET", .url = url}), ErrorKind::usage, "resolve", url);
    const TinyServer server(always(TinyServer::whole("200 OK", "")));
    get(server.url());
    expect_error(http->send({.method = "GET", .url = url}), ErrorKind::unavailable, "resolve", url);
}

TEST_F(HttpTest, InvalidUrlsAreUsage) {
    EXPECT_EQ(http->send({.method = "GET", .url = "ftp://127.0.0.1/"}).error().kind,
              ErrorKind::usage);
    EXPECT_EQ(http->send({.method = "GET", .url = "http://127.0.0.1:99999999/"}).error().kind,
              ErrorKind::usage);
    const TinyServer plain(always(TinyServer::whole("200 OK", "")));
    const std::string https = "https" + plain.url().substr(4);
    expect_error(http->send({.method = "GET", .url = https}), ErrorKind::usage, "TLS", https);
    const TinyServer other(always("SSH-2.0-other\r\n", After::close));
    expect_error(http->send({.method = "GET", .url = other.url()}), ErrorKind::usage,
                 "does not speak HTTP", other.url());
}

TEST_F(HttpTest, AMissingCertificateFileIsUsage) {
    http = open_http({.ca_bundle = "/no/such/file"});
    const TinyServer server(always(""));
    const std::string https = "https" + server.url().substr(4);
    expect_error(http->send({.method = "GET", .url = https}), ErrorKind::usage,
                 "trusted certificates cannot be read", https);
}

TEST_F(HttpTest, RefusesHeadersWithALineBreak) {
    const TinyServer server(always(TinyServer::whole("200 OK", "")));
    expect_error(
        http->send(
            {.method = "GET", .url = server.url(), .headers = {{"X-A", "secret\r\nX-B: 2"}}}),
        ErrorKind::internal, "X-A", server.url());
    EXPECT_EQ(server.accepted(), 0);
}

TEST_F(HttpTest, OneThreadUsesOneConnection) {
    const TinyServer server(always(TinyServer::whole("200 OK", "x")));
    for (int i = 0; i < 20; ++i) get(server.url());
    EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpTest, EachOfSeveralThreadsUsesOneConnection) {
    const TinyServer server([](const TinyServer::Seen& seen) {
        return TinyServer::Reply{TinyServer::whole("200 OK", seen.body)};
    });
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            const std::string body(100'000, static_cast<char>('a' + t));
            for (int i = 0; i < 20; ++i) {
                auto response =
                    http->send({.method = "PUT", .url = server.url(), .body = as_bytes(body)});
                good += response && as_text(response->body) == body ? 1 : 0;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(good, 80);
    EXPECT_LE(server.accepted(), 4);
}

TEST_F(HttpTest, RepeatsARequestIfTheServerHadClosedTheIdleConnection) {
    const std::string body(500'000, 'b');
    const TinyServer server([](const TinyServer::Seen& seen) {
        if (seen.connection == 1 && seen.number == 2) return TinyServer::Reply{"", After::close};
        return TinyServer::Reply{TinyServer::whole("200 OK", seen.body)};
    });
    for (int i = 0; i < 2; ++i) {
        auto response = http->send({.method = "PUT", .url = server.url(), .body = as_bytes(body)});
        ASSERT_TRUE(response) << response.error().message();
        EXPECT_TRUE(as_text(response->body) == body);
    }
    EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpTest, RequestsThatMustNotBeRepeatedAreSentOnce) {
    std::atomic<int> sent = 0;
    const TinyServer server([&](const TinyServer::Seen& seen) {
        if (seen.head.starts_with("GET"))
            return TinyServer::Reply{TinyServer::whole("200 OK", "x")};
        ++sent;
        return TinyServer::Reply{"", After::close};
    });
    const std::string url = server.url("/?secret=1");
    for (const Request& request :
         {Request{.method = "POST", .url = url},
          Request{.method = "PUT", .url = url, .headers = {{"if-none-match", "*"}}}}) {
        get(server.url());
        expect_error(http->send(request), ErrorKind::unavailable, "without an answer",
                     server.url());
    }
    EXPECT_EQ(sent, 2);
}

TEST_F(HttpTest, KeepsToTheRateInBothDirections) {
    ManualClock clock;
    RateLimiter upload(clock, 100'000);
    RateLimiter download(clock, 50'000);
    http = open_http({.upload_limit = &upload, .download_limit = &download});
    const TinyServer server(always(TinyServer::whole("200 OK", std::string(500'000, 'x'))));
    auto elapsed = [&, start = clock.monotonic()]() mutable {
        return std::chrono::duration<double>(clock.monotonic() -
                                             std::exchange(start, clock.monotonic()))
            .count();
    };
    const std::string body(1'000'000, 'b');
    Buffer into(500'000);
    ASSERT_TRUE(http->send({.method = "GET", .url = server.url(), .into = into}));
    EXPECT_NEAR(elapsed(), 10, 0.3);
    ASSERT_TRUE(http->send({.method = "PUT", .url = server.url(), .body = as_bytes(body)}));
    EXPECT_NEAR(elapsed(), 20, 0.6);
}

}  // namespace
}  // namespace zg::net
