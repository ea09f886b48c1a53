#include "net/curl_error.hpp"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "base/result.hpp"

namespace zg::net {
namespace {

TEST(CurlErrorTest, WrongSettingsAreUsageUntilTheyHaveWorked) {
    for (const CURLcode code :
         {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_SSL_CONNECT_ERROR}) {
        EXPECT_EQ(error_of({.code = code}).kind, ErrorKind::usage) << curl_easy_strerror(code);
        EXPECT_EQ(error_of({.code = code, .reached = true}).kind, ErrorKind::unavailable)
            << curl_easy_strerror(code);
    }
}

TEST(CurlErrorTest, ACertificateErrorIsNeverRetried) {
    const Error error =
        error_of({.code = CURLE_PEER_FAILED_VERIFICATION, .place = "https://h", .reached = true});
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_EQ(error.where, "https://h");
    EXPECT_NE(error.hint.find("AWS_CA_BUNDLE"), std::string::npos);
}

TEST(CurlErrorTest, DistinguishesTheThreeTimeouts) {
    const CURLcode code = CURLE_OPERATION_TIMEDOUT;
    EXPECT_NE(error_of({.code = code}).what.find("connecting"), std::string::npos);
    EXPECT_NE(error_of({.code = code, .connected = true}).what.find("stalled"), std::string::npos);
    EXPECT_NE(error_of({.code = code, .connected = true, .overdue = true}).what.find("too long"),
              std::string::npos);
}

TEST(CurlErrorTest, EveryOtherCodeIsTransient) {
    for (const CURLcode code : {CURLE_COULDNT_CONNECT, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
                                CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_OPERATION_TIMEDOUT}) {
        const Error error = error_of({.code = code});
        EXPECT_EQ(error.kind, ErrorKind::unavailable) << curl_easy_strerror(code);
        EXPECT_FALSE(error.what.empty());
        EXPECT_FALSE(error.cause.empty());
    }
    EXPECT_EQ(error_of({.code = CURLE_RECV_ERROR, .detail = "reset"}).cause, "reset");
    EXPECT_EQ(error_of({.code = CURLE_COULDNT_CONNECT, .detail = "Failed", .os_error = ENETUNREACH})
                  .cause,
              "Network is unreachable");
}

TEST(CurlErrorTest, ShowsOnlySchemeHostAndPortOfAUrl) {
    EXPECT_EQ(shown_place("https://host:9000/bucket/key?X-Amz-Signature=1"), "https://host:9000");
    EXPECT_EQ(shown_place("https://host?x=a@b"), "https://host");
    EXPECT_EQ(shown_place("https://name:secret@host/x@y"), "https://host");
    EXPECT_EQ(shown_place("host:80/x"), "host:80");
    EXPECT_EQ(shown_place("http://[::1]:80"), "http://[::1]:80");
}

}  // namespace
}  // namespace zg::net
