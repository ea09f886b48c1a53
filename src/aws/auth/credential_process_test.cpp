#include "aws/auth/credential_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "aws/auth/credentials.hpp"
#include "aws/auth/testing/credentials.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/testing/temporary_folder.hpp"

namespace zg::aws {
namespace {

using ::testing::ElementsAre;
using testing::expect_error;
using ::testing::HasSubstr;
using testing::json_answer;
using testing::mark;
using testing::secret_key;

TEST(SplitCommand, SplitsAsAShellDoes) {
    EXPECT_THAT(*split_command("  a  b\tc\n"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(*split_command(R"('a b' "c d"e f\ g '')"), ElementsAre("a b", "c de", "f g", ""));
    EXPECT_THAT(*split_command(R"("a\"b" 'c\d' "e\f" "\\")"),
                ElementsAre("a\"b", "c\\d", "e\\f", "\\"));
    EXPECT_THAT(*split_command("$HOME `x` *;|"), ElementsAre("$HOME", "`x`", "*;|"));
    EXPECT_THAT(*split_command(""), ElementsAre());
    EXPECT_THAT(*split_command("a\\"), ElementsAre("a\\"));
    EXPECT_FALSE(split_command("a 'b"));
    EXPECT_FALSE(split_command("a \"b\\\""));
}

class ProcessTest : public ::testing::Test {
  protected:
    inline static const Environment environment;
    static Result<Credentials> fetch(const std::string& command) {
        return process_source(environment, command, "profile p")->fetch();
    }
    static std::string printing(const std::string& json) { return "printf %s '" + json + "'"; }
    static void expect_wrong(const std::string& command, ErrorKind kind) {
        const auto got = fetch(command);
        ASSERT_FALSE(got) << command;
        expect_error(got.error(), kind);
        EXPECT_EQ(got.error().where, "profile p");
    }
};

TEST_F(ProcessTest, ReadsTheProgramsOutput) {
    const auto got = fetch(printing(json_answer("AKIA1", "SessionToken")));
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(got->access_key_id, "AKIA1");
    EXPECT_EQ(got->secret_access_key.reveal(), secret_key);
    EXPECT_EQ(got->session_token.reveal(), mark + "Token");
    EXPECT_EQ(rfc3339_utc(*got->expires), "2026-11-23T03:00:00Z");
}

TEST_F(ProcessTest, TokenAndTimeMayBeMissing) {
    const auto got =
        fetch(printing(R"({"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"x"})"));
    ASSERT_TRUE(got);
    EXPECT_FALSE(got->expires);
    EXPECT_TRUE(got->session_token.empty());
}

TEST_F(ProcessTest, ReportsOnlyItsStandardError) {
    const auto got = fetch("sh -c 'echo " + mark + "; echo \"login is over\" >&2; exit 3'");
    ASSERT_FALSE(got);
    expect_error(got.error(), ErrorKind::refused);
    EXPECT_THAT(got.error().message(), HasSubstr("login is over"));
    EXPECT_THAT(got.error().message(), HasSubstr("exit code 3"));
}

TEST_F(ProcessTest, RefusesAnythingElse) {
    expect_wrong("'unclosed " + mark, ErrorKind::usage);
    expect_wrong("'' ", ErrorKind::usage);
    expect_wrong("/no/such/program " + mark, ErrorKind::usage);
    expect_wrong("no-such-program-at-all " + mark, ErrorKind::usage);
    expect_wrong("printf %s " + mark, ErrorKind::usage);
    expect_wrong(printing(R"({"AccessKeyId":")" + mark + R"(","SecretAccessKey":"x"})"),
                 ErrorKind::usage);
    expect_wrong(printing(R"({"Version":2,"AccessKeyId":"a","SecretAccessKey":")" + mark + R"("})"),
                 ErrorKind::usage);
    expect_wrong(printing(R"({"Version":1,"SecretAccessKey":")" + mark + R"("})"),
                 ErrorKind::usage);
    expect_wrong(printing(R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":")" + mark +
                          R"(","Expiration":"soon"})"),
                 ErrorKind::usage);
    expect_wrong("true", ErrorKind::usage);
    expect_wrong("false", ErrorKind::refused);
}

TEST_F(ProcessTest, RunsTheProgramWithEveryFetch) {
    const TemporaryFolder folder;
    const auto source = process_source(environment,
                                       "sh -c 'echo x >> " + folder.path() +
                                           "/n; printf "
                                           "\"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"a%s\\\","
                                           "\\\"SecretAccessKey\\\":\\\"s\\\"}\" $(wc -l < " +
                                           folder.path() + "/n)'",
                                       "profile p");
    EXPECT_EQ(source->fetch()->access_key_id, "a1");
    EXPECT_EQ(source->fetch()->access_key_id, "a2");
}

}  // namespace
}  // namespace zg::aws
