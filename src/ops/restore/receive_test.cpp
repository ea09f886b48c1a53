// Each way in which the transfer of an archive to zfs receive can end.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>

#include "ops/restore/testing/restore_fixture.hpp"

namespace zg::ops {
namespace {

using testing::HasSubstr;
using testing::Not;

class ReceiveTest : public RestoreFixture {
  protected:
    ReceiveTest() {
        ::signal(SIGPIPE, SIG_IGN);
        options.source.text = "vat/testfs@s11";
    }

    /// The error of a restore, which has not received the archive.
    Error failure() {
        const auto report = run();
        EXPECT_FALSE(report);
        if (report) return {};
        EXPECT_TRUE(text("guids").empty());
        return report.error();
    }
    void fail_segment(std::size_t segment, ErrorKind kind) {
        watched.failing = view.archives[0].object_name(view.archives[0].segments[segment]);
        watched.kind = kind;
    }
    [[nodiscard]] std::size_t last_segment() const { return view.archives[0].segments.size() - 1; }
    [[nodiscard]] bool received() const { return text("calls").contains("receive -u"); }
    [[nodiscard]] bool dropped() const { return called("receive -A vat/back"); }
};

TEST_F(ReceiveTest, Complete) {
    const auto report = run();
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->received, 1U);
    EXPECT_EQ(text("received-0").size(), view.archives[0].stream_size);
}

TEST_F(ReceiveTest, CompleteButTheSnapshotIsNotThere) {
    write("lost", "");
    write("token", "-\n");  // the dataset is there
    options.force = true;
    const Error error = failure();
    EXPECT_EQ(error.kind, ErrorKind::zfs);
    EXPECT_THAT(error.message(), HasSubstr("there is no snapshot with guid 11"));
}

TEST_F(ReceiveTest, CompleteButZfsRefusesTheWhole) {
    const auto hint_of = [&](const std::string& refusal) {
        write("refusal", refusal);
        const Error error = failure();
        EXPECT_THAT(error.message(),
                    HasSubstr("zfs receive refused archive " + view.archives[0].archive_id));
        EXPECT_THAT(error.cause, HasSubstr(refusal.substr(0, 20)));
        return error.hint;
    };
    EXPECT_THAT(hint_of("destination vat/back has been modified\nsince most recent snapshot"),
                HasSubstr("--force rolls it back"));
    EXPECT_THAT(hint_of("destination 'vat/back' exists\nmust specify -F to overwrite it"),
                HasSubstr("or give --force"));
    EXPECT_THAT(hint_of("cannot open 'vat': dataset does not exist"),
                HasSubstr("zfs create -p PARENT"));
    EXPECT_THAT(hint_of("out of space"), HasSubstr("free some space"));
    EXPECT_THAT(hint_of("something else"), HasSubstr("to resume there"));
    write("letter", "");
    open_zfs();
    EXPECT_THAT(hint_of("something else"), HasSubstr("nothing of this archive was kept"));
    EXPECT_FALSE(dropped());
}

TEST_F(ReceiveTest, RefusedInTheMiddle) {
    write("deaf", "");
    write("refusal", "something else");
    const Error error = failure();
    EXPECT_EQ(error.kind, ErrorKind::zfs);
    EXPECT_THAT(error.cause, HasSubstr("something else"));
    EXPECT_THAT(error.hint, HasSubstr("to resume there"));
    EXPECT_FALSE(dropped());
}

TEST_F(ReceiveTest, RefusedInTheMiddleWithoutAReason) {
    write("deaf", "");
    const Error error = failure();
    EXPECT_EQ(error.kind, ErrorKind::io);
    EXPECT_THAT(error.message(), HasSubstr("cannot write to a command"));
}

TEST_F(ReceiveTest, InterruptedKeepsWhatWasReceived) {
    fail_segment(last_segment(), ErrorKind::unavailable);
    const Error error = failure();
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_THAT(error.hint, HasSubstr("to resume there"));
    EXPECT_TRUE(received());
    EXPECT_FALSE(dropped());
}

TEST_F(ReceiveTest, InterruptedWhereZfsKeepsNothing) {
    write("letter", "");
    open_zfs();
    fail_segment(last_segment(), ErrorKind::unavailable);
    EXPECT_EQ(failure().hint, "");
    EXPECT_TRUE(received());
}

TEST_F(ReceiveTest, DamagedDropsWhatWasReceived) {
    fail_segment(last_segment(), ErrorKind::damage);
    const Error error = failure();
    EXPECT_EQ(error.kind, ErrorKind::damage);
    EXPECT_EQ(error.where, watched.failing);
    EXPECT_THAT(error.hint, Not(HasSubstr("to resume there")));
    EXPECT_TRUE(received());
    EXPECT_TRUE(dropped());
}

TEST_F(ReceiveTest, MisfitBeforeZfsReceiveIsStarted) {
    // No record begins at that offset, and the segment with the object is the first to be fetched.
    stopped(0, 1, 512);
    const Error error = failure();
    EXPECT_EQ(error.kind, ErrorKind::conflict);
    EXPECT_THAT(error.hint, HasSubstr("receive it from its start"));
    EXPECT_FALSE(received());
    EXPECT_TRUE(dropped());
}

TEST_F(ReceiveTest, MisfitAfterZfsReceiveWasStarted) {
    // If a segment ends with a record at offset 0 of an object, the one after it is not enough for
    // a token within that object: the stream begins one segment earlier.
    const auto& segments = view.archives[0].segments;
    const auto found = std::ranges::find_if(
        segments, [&](const auto& one) { return &one != segments.data() && one.last.offset == 0; });
    ASSERT_NE(found, segments.end());
    stopped(0, found->last.object, 512);
    const Error error = failure();
    EXPECT_EQ(error.kind, ErrorKind::conflict);
    EXPECT_THAT(error.hint, HasSubstr("receive it from its start"));
    EXPECT_TRUE(received());
    EXPECT_TRUE(dropped());
}

TEST_F(ReceiveTest, NotStartedLeavesEverythingAsItIs) {
    for (const bool resumes : {false, true}) {
        SCOPED_TRACE(resumes);
        if (resumes) stopped(0, 1, 4096);
        fail_segment(0, ErrorKind::unavailable);
        const Error error = failure();
        EXPECT_EQ(error.kind, ErrorKind::unavailable);
        EXPECT_EQ(error.hint, "");
        EXPECT_FALSE(received());
        EXPECT_FALSE(dropped());
    }
}

TEST_F(ReceiveTest, NotStartedIfAnUnprovedArchiveBuildsOnAnotherSnapshot) {
    Manifest& archive = view.archives[1];
    archive.adopted.emplace();
    archive.from_guid = 0;  // as its description has it; the stream itself says 11
    options.source.text = "vat/testfs@s12";
    write("guids", "12345\n");
    options.force = true;
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::conflict);
    EXPECT_THAT(report.error().message(), HasSubstr("builds on the snapshot with guid 11"));
    EXPECT_THAT(report.error().hint, HasSubstr("vault adopt --prove"));
    EXPECT_FALSE(received());
}

}  // namespace
}  // namespace zg::ops
