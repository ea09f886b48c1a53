#include "aws/auth/credentials_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "aws/auth/testing/credentials.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace zg::aws {
namespace {

using testing::expect_error;
using testing::mark;

TEST(ParseExpiration, ReadsTheUsualForms) {
    const auto expected = parse_expiration("2026-11-23T02:00:00Z");
    ASSERT_TRUE(expected);
    EXPECT_EQ(rfc3339_utc(*expected), "2026-11-23T02:00:00Z");
    for (const char* text : {"2026-11-23T02:00:00.123Z", "2026-11-23T03:00:00+01:00",
                             "2026-11-22T21:30:00-0430", "2026-11-23 02:00:00+00:00"})
        EXPECT_EQ(parse_expiration(text), expected) << text;
    EXPECT_TRUE(parse_expiration("2024-02-29T00:00:00Z"));
}

TEST(ParseExpiration, RefusesInvalidTimes) {
    for (const char* text :
         {"", "tomorrow", "2026-11-23", "2026-11-23T02:00:00", "2026-13-23T02:00:00Z",
          "2026-02-30T02:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T02:00:00Zx",
          "2026-11-23T02:00:00.", "2026-11-23T02:00:00+1", "1795399200", "2026-1-23T02:00:00Z",
          "-026-11-23T02:00:00Z"})
        EXPECT_FALSE(parse_expiration(text)) << text;
}

TEST(JsonMembers, ReadsStringsAndNumbers) {
    EXPECT_EQ(json_members(R"({"a": "b", "Version": 1, "c": null, "d": {"e": 1}, "f": 1.5})"),
              (Members{{"a", "b"}, {"Version", "1"}}));
    for (const char* text : {"", "[]", "1", "{", "{\"a\":}", "\xff"})
        EXPECT_FALSE(json_members(text)) << text;
}

TEST(CredentialsOf, NamesAMissingMember) {
    const Members whole{{"AccessKeyId", mark},
                        {"SecretAccessKey", mark},
                        {"Token", mark},
                        {"Expiration", "2026-11-23T02:00:00Z"}};
    EXPECT_EQ(credentials_of(whole, "Token", "x")->session_token.reveal(), mark);
    for (const char* name : {"AccessKeyId", "SecretAccessKey"}) {
        Members part = whole;
        part.erase(name);
        const auto got = credentials_of(part, "Token", "x");
        ASSERT_FALSE(got);
        expect_error(got.error(), ErrorKind::usage);
        EXPECT_NE(got.error().what.find(name), std::string::npos);
    }
    Members odd = whole;
    odd["Expiration"] = mark;
    expect_error(credentials_of(odd, "Token", "x").error(), ErrorKind::usage);
    EXPECT_FALSE(
        credentials_of({{"AccessKeyId", "a"}, {"SecretAccessKey", "b"}}, "Token", "x")->expires);
}

TEST(SafeText, HidesSecretsAndStaysShort) {
    const Secret secret(mark);
    const Secret none;
    EXPECT_EQ(safe_text("a " + mark + "\n" + mark + mark, {&secret, &none}), "a * **");
    EXPECT_LT(safe_text(std::string(100'000, 'x'), {}).size(), 500U);
}

}  // namespace
}  // namespace zg::aws
