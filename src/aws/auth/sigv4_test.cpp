#include "aws/auth/sigv4.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "aws/auth/credentials.hpp"
#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

std::string payload_of(std::string_view body) { return codec::sha256(as_bytes(body)).hex(); }

std::string header(const net::Headers& headers, std::string_view name) {
    return std::string(net::find_header(headers, name).value_or(""));
}

std::string signature(const net::Headers& headers) {
    const std::string text = header(headers, "Authorization");
    return text.substr(text.rfind('=') + 1);
}

// Source: the test suite of Signature Version 4, github.com/awslabs/aws-c-auth,
// tests/aws-signing-test-suite/v4.
struct SuiteCase {
    std::string name;
    ToSign request;
    // the text between the method and the empty line before the signed headers' names
    std::string canonical;
    std::string signature;
    std::string token{};
};

void PrintTo(const SuiteCase& shown, std::ostream* out) { *out << shown.name; }

class SuiteTest : public ::testing::TestWithParam<SuiteCase> {};

TEST_P(SuiteTest, SignsAsPublished) {
    ToSign request = GetParam().request;
    request.host = "example.amazonaws.com";
    if (request.payload_sha256.empty()) request.payload_sha256 = payload_of("");
    const SigningScope scope{.region = "us-east-1",
                             .service = "service",
                             .time = sys_days(2015y / 8 / 30) + 12h + 36min};
    const Credentials credentials{
        .access_key_id = "AKIDEXAMPLE",
        .secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        .session_token = Secret(GetParam().token)};
    const net::Headers headers = sign(request, scope, credentials);
    const std::string canonical =
        canonical_request(request, {headers.begin(), headers.end() - 1}, false);
    EXPECT_NE(canonical.find(GetParam().canonical), std::string::npos) << canonical;
    EXPECT_EQ(signature(headers), GetParam().signature) << canonical;
    EXPECT_TRUE(
        header(headers, "Authorization")
            .starts_with(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                "SignedHeaders="));
}

ToSign get(std::string path, Query query = {}, net::Headers headers = {}) {
    return {.method = "GET",
            .host = {},
            .path = std::move(path),
            .query = std::move(query),
            .headers = std::move(headers),
            .payload_sha256 = {}};
}

ToSign post(net::Headers headers = {}, std::string_view body = "") {
    return {.method = "POST",
            .host = {},
            .path = "/",
            .query = {},
            .headers = std::move(headers),
            .payload_sha256 = payload_of(body)};
}

const std::string unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const std::string sts_token =
    "AQoDYXdzEPT//////////"
    "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx"
    "7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmU"
    "pp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+"
    "xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvK"
    "Tr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

INSTANTIATE_TEST_SUITE_P(
    Published, SuiteTest,
    ::testing::Values(
        SuiteCase{"get-vanilla", get("/"),
                  "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
                  "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        SuiteCase{"get-vanilla-query-order-key-case",
                  get("/", {{"Param2", "value2"}, {"Param1", "value1"}}),
                  "\nParam1=value1&Param2=value2\n",
                  "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        SuiteCase{"get-vanilla-query-order-encoded",
                  get("/", {{"Param-3", "Value3"}, {"Param", "Value2"}, {"\u1234", "Value1"}}),
                  "\n%E1%88%B4=Value1&Param=Value2&Param-3=Value3\n",
                  "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
        SuiteCase{"get-vanilla-query-unreserved", get("/", {{unreserved, unreserved}}),
                  "\n" + unreserved + "=" + unreserved + "\n",
                  "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
        SuiteCase{"get-vanilla-utf8-query", get("/", {{"\u1234", "bar"}}), "\n%E1%88%B4=bar\n",
                  "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
        SuiteCase{"get-utf8", get(uri_encode("/\u1234", true)), "\n/%E1%88%B4\n",
                  "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
        SuiteCase{"get-space", get(uri_encode("/example space/", true)), "\n/example%20space/\n",
                  "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
        SuiteCase{"get-unreserved", get("/" + unreserved), "\n/" + unreserved + "\n",
                  "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
        SuiteCase{
            "get-header-key-duplicate",
            get("/", {},
                {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}}),
            "\nmy-header1:value2,value2,value1\n",
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
        SuiteCase{"get-header-value-order",
                  get("/", {},
                      {{"My-Header1", "value4"},
                       {"My-Header1", "value1"},
                       {"My-Header1", "value3"},
                       {"My-Header1", "value2"}}),
                  "\nmy-header1:value4,value1,value3,value2\n",
                  "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
        SuiteCase{"get-header-value-trim",
                  get("/", {}, {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}),
                  "\nmy-header1:value1\nmy-header2:\"a b c\"\n",
                  "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
        SuiteCase{"post-vanilla", post(), "POST\n/\n\n",
                  "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        SuiteCase{"post-header-key-sort", post({{"My-Header1", "value1"}}),
                  "\nhost;my-header1;x-amz-date\n",
                  "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
        SuiteCase{"post-x-www-form-urlencoded",
                  post({{"Content-Type", "application/x-www-form-urlencoded"},
                        {"Content-Length", "13"},
                        {"X-Amz-Content-Sha256", payload_of("Param1=value1")}},
                       "Param1=value1"),
                  "\ncontent-length;content-type;host;x-amz-content-sha256;x-amz-"
                  "date\n9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
                  "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"},
        SuiteCase{"get-vanilla-with-session-token", get("/"),
                  "\nhost;x-amz-date;x-amz-security-token\n",
                  "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
                  "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"},
        SuiteCase{"post-sts-header-before", post(), "\nhost;x-amz-date;x-amz-security-token\n",
                  "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead", sts_token}));

// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header:
// Transferring Payload in a Single Chunk".
class S3ExampleTest : public ::testing::Test {
  protected:
    static net::Headers signed_by_example(std::string method, std::string path, Query query,
                                          net::Headers headers, std::string_view body = "") {
        const ToSign request{.method = std::move(method),
                             .host = "examplebucket.s3.amazonaws.com",
                             .path = std::move(path),
                             .query = std::move(query),
                             .headers = std::move(headers),
                             .payload_sha256 = payload_of(body)};
        const SigningScope scope{
            .region = "us-east-1", .service = "s3", .time = sys_days(2013y / 5 / 24)};
        return sign(request, scope,
                    {.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                     .secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")});
    }
};

TEST_F(S3ExampleTest, GetObjectWithARange) {
    const net::Headers headers =
        signed_by_example("GET", "/test.txt", {}, {{"Range", "bytes=0-9"}});
    EXPECT_EQ(
        header(headers, "Authorization"),
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    EXPECT_EQ(header(headers, "x-amz-date"), "20130524T000000Z");
    EXPECT_EQ(header(headers, "x-amz-content-sha256"),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_FALSE(net::find_header(headers, "x-amz-security-token"));
    EXPECT_FALSE(net::find_header(headers, "host"));
}

TEST_F(S3ExampleTest, PutObject) {
    const net::Headers headers = signed_by_example(
        "PUT", uri_encode("/test$file.text", true), {},
        {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
        "Welcome to Amazon S3.");
    EXPECT_EQ(signature(headers),
              "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_F(S3ExampleTest, GetBucketLifecycle) {
    EXPECT_EQ(signature(signed_by_example("GET", "/", {{"lifecycle", ""}}, {})),
              "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST_F(S3ExampleTest, ListObjects) {
    EXPECT_EQ(signature(signed_by_example("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}, {})),
              "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4Test, EncodesAllButUnreservedCharacters) {
    EXPECT_EQ(uri_encode("a/b c+d=e&f*g~%'\n\xc3\xa9"),
              "a%2Fb%20c%2Bd%3De%26f%2Ag~%25%27%0A%C3%A9");
    EXPECT_EQ(uri_encode("a//b", true), "a//b");
    EXPECT_EQ(uri_encode(""), "");
}

TEST(SigV4Test, SortsTheQueryByNameAndThenByValue) {
    EXPECT_EQ(canonical_query({}), "");
    EXPECT_EQ(canonical_query({{"uploads", ""}}), "uploads=");
    EXPECT_EQ(canonical_query({{"b", "2"}, {"a-b", ""}, {"a", "z"}, {"a", "y"}, {"B", "=&"}}),
              "B=%3D%26&a=y&a=z&a-b=&b=2");
}

TEST(SigV4Test, OtherServicesSignAPathThatIsEncodedTwice) {
    const ToSign request{.method = "GET",
                         .host = "h",
                         .path = "/a%20b",
                         .query = {},
                         .headers = {},
                         .payload_sha256 = payload_of("")};
    EXPECT_TRUE(canonical_request(request, {}, true).starts_with("GET\n/a%2520b\n"));
    EXPECT_TRUE(canonical_request(request, {}, false).starts_with("GET\n/a%20b\n"));
}

TEST(SigV4Test, ShowsNoSecret) {
    const Credentials credentials{.access_key_id = "id",
                                  .secret_access_key = Secret("S3cr3t"),
                                  .session_token = Secret("T0ken")};
    const ToSign request{.method = "GET",
                         .host = "h",
                         .path = "/",
                         .query = {},
                         .headers = {},
                         .payload_sha256 = payload_of("")};
    for (const net::Header& sent : sign(request, {.region = "r", .service = "s3"}, credentials)) {
        EXPECT_EQ(sent.value.find("S3cr3t"), std::string::npos) << sent.name;
        EXPECT_EQ(sent.value.find("T0ken") != std::string::npos,
                  sent.name == "x-amz-security-token")
            << sent.name;
    }
}

}  // namespace
}  // namespace zg::aws
