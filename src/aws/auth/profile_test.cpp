#include "aws/auth/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "aws/auth/profile_parser.hpp"
#include "aws/auth/testing/credentials.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"

namespace zg::aws {
namespace {

using testing::CredentialTest;
using testing::expect_error;
using ::testing::HasSubstr;
using testing::mark;

Sections parsed(std::string_view text) {
    auto sections = parse_profile_text(text, "/f");
    EXPECT_TRUE(sections) << sections.error().message();
    return sections.value_or(Sections{});
}

TEST(ProfileParser, ReadsSectionsSettingsAndComments) {
    const Sections sections = parsed(
        "# a comment\n\n; another\n[default]\nregion = eu-central-1\n  # indented "
        "comment\nOutput=json\n[profile b] # why\nx : y = z\n");
    EXPECT_EQ(sections.at("default"), (Settings{{"region", "eu-central-1"}, {"output", "json"}}));
    EXPECT_EQ(sections.at("profile b"), (Settings{{"x", "y = z"}}));
}

TEST(ProfileParser, ReadsCarriageReturnsAndAByteOrderMark) {
    EXPECT_EQ(parsed("\xEF\xBB\xBF[a]\r\nx = 1\r\n\r\ny\t=\t2\r\n").at("a"),
              (Settings{{"x", "1"}, {"y", "2"}}));
}

TEST(ProfileParser, ReadsAnIndentedBlockAsSeparateSettings) {
    const Sections sections = parsed(
        "[default]\ns3 =\n  addressing_style = path\n\n  # not this\n  Max_Concurrent = 3\nregion "
        "= x\n");
    EXPECT_EQ(sections.at("default"), (Settings{{"s3", ""},
                                                {"s3.addressing_style", "path"},
                                                {"s3.max_concurrent", "3"},
                                                {"region", "x"}}));
}

TEST(ProfileParser, AnIndentedLineContinuesAValue) {
    EXPECT_EQ(parsed("[a]\nx = 1\n  2\n").at("a").at("x"), "1\n2");
}

TEST(ProfileParser, AWholeFileMayBeIndented) {
    EXPECT_EQ(parsed("  [a]\n  x = 1\n  y = 2\n  [b]\n  z = 3\n"),
              (Sections{{"a", {{"x", "1"}, {"y", "2"}}}, {"b", {{"z", "3"}}}}));
}

TEST(ProfileParser, DuplicatesAreMergedAndTheLastCounts) {
    EXPECT_EQ(parsed("[a]\nx=1\ny=1\n[a]\nx=2\n").at("a"), (Settings{{"x", "2"}, {"y", "1"}}));
}

TEST(ProfileParser, ValuesMayContainSpecialCharacters) {
    EXPECT_EQ(parsed("[a]\nx = a/b+c==#;[d]\n").at("a").at("x"), "a/b+c==#;[d]");
}

TEST(ProfileParser, AnInvalidLineIsReportedByItsNumberOnly) {
    for (const std::string& line : {mark, "[" + mark, "[" + mark + "] " + mark, std::string("[ ]"),
                                    "= " + mark, "s3 =\n  " + mark, "s3 =\n  = " + mark}) {
        const auto sections = parse_profile_text("[a]\nok = 1\n" + line, "/home/x/.aws/config");
        ASSERT_FALSE(sections) << line;
        expect_error(sections.error(), ErrorKind::usage);
        EXPECT_EQ(sections.error().where, "/home/x/.aws/config");
        EXPECT_THAT(sections.error().what,
                    HasSubstr(line.find('\n') == std::string::npos ? "line 3" : "line 4"));
    }
    expect_error(parse_profile_text("x = 1\n", "/f").error(), ErrorKind::usage);
}

TEST(ProfileParser, AnyBytesCanBeParsed) {
    std::uint32_t state = 1;
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (int i = 0; i < 60; ++i) {
            state = state * 1664525U + 1013904223U;
            text += "[]=: \t\r\n#;ab\0\xff\"'"[(state >> 16U) % 17];
        }
        (void)parse_profile_text(text, "/f");
    }
}

class ProfileTest : public CredentialTest {
  protected:
    Result<ProfileFiles> files() { return read_profile_files(Environment(variables)); }
};

TEST_F(ProfileTest, MissingFilesAreEmpty) {
    EXPECT_TRUE(files()->config.empty());
    variables.clear();
    EXPECT_TRUE(files()->config_path.empty());
}

TEST_F(ProfileTest, SortsTheConfigFilesSections) {
    config(
        "[default]\na=1\n[profile b]\na=2\n[profile \"c d\"]\na=3\n[services s]\ns3 =\n  "
        "endpoint_url = u\n[sso-session o]\nx=1\n[bare]\na=4\n");
    const auto read = files();
    EXPECT_EQ(read->config.size(), 3U);
    EXPECT_TRUE(read->has("c d"));
    EXPECT_FALSE(read->has("bare"));
    EXPECT_EQ(read->services.at("s").at("s3.endpoint_url"), "u");
}

TEST_F(ProfileTest, TheCredentialsFileTakesPrecedence) {
    config("[profile b]\nregion=x\nrole_arn=one\n");
    credentials("[b]\nrole_arn=two\n");
    EXPECT_EQ(files()->profile("b"), (Settings{{"region", "x"}, {"role_arn", "two"}}));
}

TEST_F(ProfileTest, OtherFilesCanBeNamed) {
    variables["AWS_CONFIG_FILE"] = write("c", "[profile b]\nx=1\n");
    write("k", "[b]\ny=2\n");
    variables["AWS_SHARED_CREDENTIALS_FILE"] = "~/k";
    EXPECT_EQ(files()->profile("b"), (Settings{{"x", "1"}, {"y", "2"}}));
}

TEST_F(ProfileTest, AFileThatCannotBeReadIsAnError) {
    std::filesystem::create_directory(home.path() + "/.aws/config");
    const auto read = files();
    ASSERT_FALSE(read);
    EXPECT_FALSE(read.error().hint.empty());
}

TEST_F(ProfileTest, AMissingProfileIsExplained) {
    const auto hint = [&](const std::string& name) {
        const auto checked = check_profile_exists(*files(), name);
        EXPECT_FALSE(checked);
        expect_error(checked.error(), ErrorKind::usage);
        return checked.error().hint;
    };
    EXPECT_THAT(hint("x"), HasSubstr("aws configure --profile x"));
    config("[bare]\na=1\n[profile there]\na=1\n");
    credentials("[profile odd]\na=1\n");
    EXPECT_THAT(hint("bare"), HasSubstr("[profile bare]"));
    EXPECT_THAT(hint("odd"), HasSubstr("[odd]"));
    EXPECT_THAT(hint("x"), HasSubstr("there"));
}

}  // namespace
}  // namespace zg::aws
