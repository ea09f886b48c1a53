#include "store/url.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/result.hpp"

namespace zg::store {
namespace {

TEST(Url, IsParsed) {
    const auto url = parse_url(
        "s3://bucket/a/b?class=GLACIER&endpoint=http://host:9000/&tag=a%26b:c%3Dd&empty=");
    ASSERT_TRUE(url) << url.error().message();
    EXPECT_EQ(url->scheme, "s3");
    EXPECT_EQ(url->rest, "//bucket/a/b");
    EXPECT_EQ(url->options, (Options{{"class", "GLACIER"},
                                     {"endpoint", "http://host:9000/"},
                                     {"tag", "a&b:c=d"},
                                     {"empty", ""}}));
}

TEST(Url, WithoutOptionsHasNone) {
    EXPECT_TRUE(parse_url("dir:/backup")->options.empty());
    EXPECT_TRUE(parse_url("dir:/backup?")->options.empty());
    EXPECT_EQ(parse_url("dir:/a%20b")->rest, "/a%20b") << "a path may contain a literal %";
}

TEST(Url, OptionsBeginAtTheFirstQuestionMark) {
    EXPECT_EQ(parse_url("dir:/x?thaw=a?b")->options.at("thaw"), "a?b");
}

TEST(Url, AnInvalidUrlIsAUsageError) {
    for (const char* wrong : {"", "/path", ":x", "bucket", "s3://b?=x", "s3://b?a=1&a=2",
                              "s3://b?a=%", "s3://b?a=%2", "s3://b?a=%zz", "s3://b?&a=1"}) {
        const auto url = parse_url(wrong);
        ASSERT_FALSE(url) << wrong;
        EXPECT_EQ(url.error().kind, ErrorKind::usage) << wrong;
        EXPECT_FALSE(url.error().hint.empty()) << wrong;
    }
}

TEST(Url, AnUnknownOptionIsReportedWithTheKnownOnes) {
    const auto checked =
        check_options("dir:/x", {{"clas", "GLACIER"}}, {{"class", ""}, {"region", ""}});
    ASSERT_FALSE(checked);
    EXPECT_NE(checked.error().what.find("\"clas\""), std::string::npos);
    EXPECT_NE(checked.error().hint.find("class, region"), std::string::npos);
    EXPECT_TRUE(check_options("dir:/x", {{"class", "GLACIER"}}, {{"class", ""}, {"region", ""}}));
}

}  // namespace
}  // namespace zg::store
