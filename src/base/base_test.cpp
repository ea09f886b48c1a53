#include <gtest/gtest.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/state_dir.hpp"
#include "base/steps.hpp"
#include "base/subprocess.hpp"
#include "base/testing/temporary_folder.hpp"

namespace zg {
namespace {

TEST(Error, MessageNamesPlaceWhatAndCause) {
    EXPECT_EQ((Error{.kind = ErrorKind::io, .what = "cannot read", .where = "a", .cause = "broken"})
                  .message(),
              "a: cannot read: broken");
    EXPECT_EQ((Error{.kind = ErrorKind::io, .what = "cannot read"}).message(), "cannot read");
}

TEST(Error, ErrnoDeterminesKindAndHint) {
    EXPECT_EQ(errno_error(ENOSPC, "cannot write", "x").kind, ErrorKind::full);
    EXPECT_EQ(errno_error(EROFS, "cannot write", "x").kind, ErrorKind::refused);
    EXPECT_EQ(errno_error(ENOENT, "cannot open", "x").kind, ErrorKind::not_found);
    EXPECT_FALSE(errno_error(ENOSPC, "cannot write", "x").hint.empty());
}

TEST(Error, EveryKindHasAName) {
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind)
        EXPECT_EQ(kind_name(static_cast<ErrorKind>(kind)) == "internal",
                  static_cast<ErrorKind>(kind) == ErrorKind::internal);
    EXPECT_TRUE(is_retryable(ErrorKind::unavailable));
    EXPECT_FALSE(is_retryable(ErrorKind::damage));
}

TEST(Clock, WritesUtc) {
    const TimePoint time =
        std::chrono::sys_days{std::chrono::year{2026} / 2 / 3} + std::chrono::seconds(4);
    EXPECT_EQ(compact_utc(time), "20260203T000004Z");
    EXPECT_EQ(rfc3339_utc(time), "2026-02-03T00:00:04Z");
}

TEST(Clock, WritesTimesThatNanosecondsCannotHold) {
    using namespace std::chrono;
    EXPECT_EQ(rfc3339_utc(sys_days{year{1071} / 1 / 1}), "1071-01-01T00:00:00Z");
    EXPECT_EQ(rfc3339_utc(sys_days{year{9998} / 1 / 1}), "9998-01-01T00:00:00Z");
    EXPECT_EQ(rfc3339_utc(TimePoint(seconds(INT64_MAX))), "9999-12-31T23:59:59Z");
    EXPECT_EQ(rfc3339_utc(TimePoint(seconds(INT64_MIN))), "0000-01-01T00:00:00Z");
}

TEST(Io, ReadAllStopsAtItsLimit) {
    const Buffer bytes(1000);
    BytesSource whole(bytes);
    EXPECT_EQ(read_all(whole, 1000)->size(), 1000U);
    BytesSource again(bytes);
    EXPECT_EQ(read_all(again, 999).error().kind, ErrorKind::damage);
}

TEST(Random, FillsAll) {
    SystemRandom random;
    Buffer bytes(1000);
    random.fill(bytes);
    EXPECT_NE(bytes, Buffer(1000));
}

TEST(Subprocess, ReturnsExitCodeOutputAndErrors) {
    const auto output = run(Environment(), {"sh", "-c", "echo out; echo bad >&2; exit 3"});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->code, 3);
    EXPECT_EQ(output->out, "out\n");
    EXPECT_EQ(output->error_text, "bad");
}

TEST(Subprocess, ASignalIsAnExitCodeToo) {
    EXPECT_EQ(run(Environment(), {"sh", "-c", "kill -9 $$"})->code, 128 + SIGKILL);
}

TEST(Subprocess, AChildHasOnlyTheGivenVariables) {
    ::setenv("ZG_TEST_VARIABLE", "of this process", 1);
    const auto output = run(Environment(Environment::Variables{{"ZG_TEST_OTHER", "a=b"}}), {"env"});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, "ZG_TEST_OTHER=a=b\n");
}

TEST(Subprocess, FindsAProgramInPathBeforeTheSystemFolders) {
    EXPECT_EQ(find_program(Environment(), "/some/program"), "/some/program");
    EXPECT_EQ(find_program(Environment(), "sh"), "/usr/bin/sh");
    EXPECT_EQ(find_program(Environment(Environment::Variables{{"PATH", "/nowhere:/bin"}}), "sh"),
              "/bin/sh");
    EXPECT_FALSE(find_program(Environment(Environment::Variables{{"PATH", "/nowhere"}}), "sh"));
}

TEST(Subprocess, AMissingProgramIsReported) {
    const auto output = run(Environment(), {"no-such-program-here"});
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().kind, ErrorKind::not_found);
}

TEST(Subprocess, MuchOnStandardErrorDoesNotBlock) {
    const auto output =
        run(Environment(),
            {"sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x >&2; echo end >&2; echo ok"});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, "ok\n");
    EXPECT_TRUE(output->error_text.ends_with("end"));
    EXPECT_LE(output->error_text.size(), 16U * 1024U);
}

TEST(Subprocess, PipesBothWays) {
    auto process =
        Process::start(Environment(), {"tr", "a-z", "A-Z"}, ChildStream::pipe, ChildStream::pipe);
    ASSERT_TRUE(process);
    ASSERT_TRUE(process->in().write(as_bytes("hello")));
    process->close_in();
    EXPECT_EQ(as_text(*read_all(process->out(), 100)), "HELLO");
    EXPECT_EQ(process->wait()->code, 0);
}

TEST(Subprocess, AChildThatStopsReadingIsAnError) {
    ::signal(SIGPIPE, SIG_IGN);
    auto process = Process::start(Environment(), {"true"}, ChildStream::pipe, ChildStream::null);
    ASSERT_TRUE(process);
    const Buffer much(std::size_t{4} << 20U);
    EXPECT_FALSE(process->in().write(much));
    EXPECT_EQ(process->wait()->code, 0);
}

TEST(Subprocess, AChildIsKilledByABrokenPipeThoughWeIgnoreIt) {
    ::signal(SIGPIPE, SIG_IGN);
    auto process = Process::start(Environment(), {"sh", "-c", "exec cat /dev/zero"},
                                  ChildStream::null, ChildStream::pipe);
    ASSERT_TRUE(process);
    EXPECT_EQ(process->wait()->code, 128 + SIGPIPE);
}

TEST(Subprocess, TheDestructorLetsTheChildEnd) {
    const std::string mark = "/tmp/zglacier-ended-" + std::to_string(::getpid());
    {
        auto process = Process::start(Environment(), {"sh", "-c", "cat >/dev/null; : >" + mark},
                                      ChildStream::pipe, ChildStream::null);
        ASSERT_TRUE(process);
    }
    EXPECT_EQ(::unlink(mark.c_str()), 0) << "it was killed before it could end";
}

TEST(Subprocess, TheDestructorKillsAChildThatDoesNotEnd) {
    auto process =
        Process::start(Environment(), {"sleep", "1000"}, ChildStream::null, ChildStream::null);
    ASSERT_TRUE(process);
}

TEST(StateDir, IsTheGivenFolder) {
    const TemporaryFolder folder;
    EXPECT_EQ(prepare_state_dir(Environment(), folder.path() + "/mine"), folder.path() + "/mine");
    EXPECT_TRUE(std::filesystem::is_directory(folder.path() + "/mine"));
}

TEST(StateDir, TheDefaultDependsOnTheUserAndTheEnvironment) {
    const Environment home(Environment::Variables{{"HOME", "/home/me"}});
    const Environment xdg({{"HOME", "/home/me"}, {"XDG_STATE_HOME", "/state"}});
    EXPECT_EQ(default_state_dir(xdg, true), "/var/lib/zglacier");
    EXPECT_EQ(default_state_dir(xdg, false), "/state/zglacier");
    EXPECT_EQ(default_state_dir(home, false), "/home/me/.local/state/zglacier");
    EXPECT_EQ(default_state_dir(Environment(), false), "");
}

TEST(Steps, KillAtTheRequestedStep) {
    char log[] = "/tmp/zglacier-steps-XXXXXX";
    const int fd = ::mkstemp(log);
    ASSERT_GE(fd, 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto steps = steps_from(
            Environment({{"ZGLACIER_TEST_STEP_LOG", log}, {"ZGLACIER_TEST_CRASH_AT", "2"}}));
        for (const char* step : {"one", "two", "three"}) steps->at(step);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    char text[64] = {};
    EXPECT_GT(::read(fd, text, sizeof text - 1), 0);
    EXPECT_STREQ(text, "1 one\n2 two\n");
    ::close(fd);
    ::unlink(log);
}

}  // namespace
}  // namespace zg
