// A restore that resumes in the middle of an archive, with a fake zfs that records its input and
// its commands.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <mutex>
#include <set>
#include <sstream>

#include "archive/testing/store_stream.hpp"
#include "base/testing/kept_log.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "ops/restore/restore.hpp"
#include "store/testing/memory_store.hpp"
#include "store/wrap/forwarding_store.hpp"
#include "stream/features.hpp"
#include "stream/nvlist.hpp"
#include "stream/testing/builder.hpp"
#include "zfs/command.hpp"

namespace zg::ops {
namespace {

using catalog::Manifest;
using stream::RecordType;

/// Records which objects are read, and fails to read one of them.
class WatchedStore final : public store::ForwardingStore {
  public:
    using ForwardingStore::ForwardingStore;
    Result<std::size_t> read(std::string_view name, std::uint64_t offset,
                             MutableBytes into) override {
        const std::lock_guard guard(mutex_);
        read_names.insert(std::string(name));
        if (name == failing && kind == ErrorKind::unavailable)
            return fail({.kind = kind, .what = "a fault injected by the test"});
        auto got = inner_.read(name, offset, into);
        if (name == failing && got && *got > 0) into[*got / 2] ^= std::byte{1};
        return got;
    }
    std::set<std::string> read_names;
    std::string failing;
    ErrorKind kind = ErrorKind::damage;

  private:
    std::mutex mutex_;
};

/// Accepts streams that end with END, remembers their guids, and is busy a given number of times.
constexpr const char* fake_zfs = R"sh(
echo "$*" >>calls
case "$1 $*" in
' ') printf '\tsend [-w]\n\treceive [-vn%sFhu] [-o <property>=<value>]\n' "$(cat letter)" >&2
    exit 2 ;;
*mountpoint*) printf -- '-\t-\n' ;;
*receive_resume_token*) cat token 2>/dev/null || echo - ;;
get*) [ -f guids ] || [ -f token ] || { echo 'dataset does not exist' >&2; exit 1; }
    printf 'vat/back\ttype\tfilesystem\nvat/back\tguid\t1\n'
    [ ! -f guids ] || while read -r guid; do
        printf "vat/back@s$guid\t%s\t$guid\n" guid createtxg
    done <guids ;;
*'receive -A'*) rm -f token ;;
receive*) cat >stream
    if [ -s busy ]; then
        sed -i 1d busy
        echo 'destination vat/back contains partially-complete state from "zfs receive -s".' >&2
        exit 1
    fi
    [ "$(tail -c 312 stream | od -An -tu4 -N4 | tr -d ' ')" = 5 ] || {
        echo 'checksum mismatch or incomplete stream' >&2
        exit 1
    }
    rm -f token
    cp stream "received-$(wc -l <guids 2>/dev/null || echo 0)"
    od -An -tu8 -j40 -N8 stream | tr -d ' ' >>guids ;;
esac
)sh";

class ResumedRestoreTest : public testing::Test {
  protected:
    ResumedRestoreTest() {
        const std::string program = folder.path() + "/zfs";
        std::ofstream(program) << "#!/bin/sh\ncd " << folder.path() << fake_zfs;
        ::chmod(program.c_str(), 0755);
        write("letter", "s");
        write("calls", "");
        open_zfs();
        view.archives.push_back(store_archive("20261123T020000Z-0123abcd", 11, 0));
        view.archives.push_back(store_archive("20261124T020000Z-0123abcd", 12, 11));
        watched.read_names.clear();
        options.source.text = "vat/testfs";
        options.target = "vat/back";
    }

    void open_zfs() {
        zfs = std::move(*zfs::open_zfs(folder.path() + "/zfs", environment, clock, steps));
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.path() + "/" + name) << text;
    }
    [[nodiscard]] std::string text(const std::string& name) const {
        std::ostringstream all;
        all << std::ifstream(folder.path() + "/" + name, std::ios::binary).rdbuf();
        return all.str();
    }

    Manifest store_archive(const std::string& id, std::uint64_t guid, std::uint64_t from) {
        stream::testing::Builder builder;
        builder.begin(guid, from);
        for (unsigned i = 1; i <= 400; ++i)
            builder.object(i)
                .free(i, 65536, ~std::uint64_t{0})
                .write(i, 0, 2048)
                .write(i, 4096, 2048);
        builder.end();
        auto manifest = archive::store_stream(context, id, builder.bytes());
        EXPECT_TRUE(manifest) << manifest.error().message();
        EXPECT_GT(manifest->segments.size(), 10U);
        return *std::move(manifest);
    }

    /// As if a receive of the archive had stopped there.
    void stopped(std::size_t archive, std::uint64_t object, std::uint64_t offset) {
        const Manifest& manifest = view.archives[archive];
        write("token", stream::resume_token_text({.object = object,
                                                  .offset = offset,
                                                  .to_guid = manifest.to_guid,
                                                  .from_guid = manifest.from_guid,
                                                  .to_name = "pool/fs@snapshot",
                                                  .embedded = true,
                                                  .compressed = true}) +
                           "\n");
        if (archive > 0) write("guids", "11\n");
    }

    Result<RestoreReport> run() {
        ZG_TRY(plan, plan_restore(context, *zfs, view, options));
        return restore(context, *zfs, plan, options);
    }
    [[nodiscard]] bool called(const std::string& arguments) const {
        return ("\n" + text("calls")).contains("\n" + arguments + "\n");
    }

    /// The first stream that zfs receive got resumes at the place, with a record of `type`.
    void expect_gone_on(std::size_t archive, std::uint64_t object, std::uint64_t offset,
                        RecordType type) const {
        const std::string taken = text("received-" + std::to_string(archive));
        std::vector<stream::Record> records;
        stream::Checker checker([&](const stream::Record& record) { records.push_back(record); });
        ASSERT_TRUE(checker.feed(as_bytes(taken)) && checker.finish());
        const stream::Begin& begin = checker.summary().begins.front();
        EXPECT_EQ(begin.features,
                  view.archives[archive].features | stream::feature_bit(stream::Feature::resuming));
        const auto list = stream::unpack_nvlist(as_bytes(taken).subspan(
            stream::record_header_size, records[0].size - stream::record_header_size));
        ASSERT_TRUE(list);
        EXPECT_EQ(stream::nv_number(*list, "resume_object"), object);
        EXPECT_EQ(stream::nv_number(*list, "resume_offset"), offset);
        EXPECT_EQ(records[1].type, type);
        EXPECT_EQ(records[1].object, object);
        EXPECT_EQ(records[1].offset, offset);
        EXPECT_EQ(records[records.size() - 2].object, 400U);
    }

    TemporaryFolder folder;
    ManualClock clock;
    KeptLog log;
    Environment environment;
    NoProgress progress;
    NoSteps steps;
    SystemRandom random;
    store::MemoryStore memory{clock};
    WatchedStore watched{memory};
    catalog::Catalog catalog = std::move(*catalog::Catalog::in_memory(steps));
    Context context{{.archives = {.store = watched,
                                  .store_id = std::string(32, 'a'),
                                  .store_options = {},
                                  .catalog = catalog},
                     .effort = {},
                     .world = {.environment = environment,
                               .clock = clock,
                               .random = random,
                               .steps = steps,
                               .log = log,
                               .progress = progress}},
                    {.host = "host", .machine_id = "machine", .state_dir = ""}};
    std::unique_ptr<zfs::Zfs> zfs;
    archive::ArchiveView view;
    RestoreOptions options;
    RestorePlan plan;
};

TEST_F(ResumedRestoreTest, FetchesFromTheSegmentThatHoldsThePlace) {
    for (const std::size_t archive : {0U, 1U}) {
        for (const auto& [object, offset] :
             {std::pair{1U, 4096U}, {2U, 0U}, {200U, 4096U}, {201U, 0U}, {400U, 4096U}}) {
            SCOPED_TRACE(testing::Message() << archive << " " << object << " " << offset);
            ::unlink((folder.path() + "/guids").c_str());
            watched.read_names.clear();
            stopped(archive, object, offset);
            const auto report = run();
            ASSERT_TRUE(report) << report.error().message();
            EXPECT_EQ(report->received, 2 - archive);
            ASSERT_TRUE(plan.resume);
            const Manifest& manifest = view.archives[archive];
            const std::size_t first = plan.resume->fetch.segment;
            EXPECT_EQ(watched.read_names.contains(manifest.object_name(manifest.segments[first])),
                      true);
            for (std::size_t i = 0; i < first; ++i)
                EXPECT_FALSE(
                    watched.read_names.contains(manifest.object_name(manifest.segments[i])))
                    << i;
            // The place lies in that segment: about 7 objects are in each.
            EXPECT_NEAR(static_cast<double>(first),
                        object * static_cast<double>(manifest.segments.size()) / 400, 1.0);
            EXPECT_EQ(plan.thaw.segments.size() + first, manifest.segments.size() * (2 - archive));
            EXPECT_EQ(plan.stored_bytes(), plan.thaw.all().bytes);
            EXPECT_EQ(plan.stream_bytes(), plan.stored_bytes()) << "nothing is compressed";
            expect_gone_on(archive, object, offset,
                           offset > 0 ? RecordType::write : RecordType::object);
            EXPECT_TRUE(log.all().contains("resuming archive " + manifest.archive_id));
        }
    }
    EXPECT_TRUE(called("receive -u -s vat/back"));
    EXPECT_FALSE(called("receive -A vat/back"));
}

TEST_F(ResumedRestoreTest, ATokenWithNothingReceivedStartsAtTheFirstRecord) {
    stopped(0, 1, 0);
    ASSERT_TRUE(run());
    expect_gone_on(0, 1, 0, RecordType::object);
    EXPECT_EQ(plan.resume->fetch.segment, 0U);
}

TEST_F(ResumedRestoreTest, APartOfAnotherArchiveIsRefusedAndDroppedWithForce) {
    write("token",
          stream::resume_token_text({.object = 5, .to_guid = 99, .to_name = "a@b"}) + "\n");
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::conflict);
    EXPECT_TRUE(report.error().hint.contains("zfs receive -A vat/back"));
    EXPECT_FALSE(called("receive -A vat/back"));
    options.force = true;
    ASSERT_TRUE(run());
    EXPECT_TRUE(called("receive -A vat/back"));
    EXPECT_TRUE(called("receive -u -s -F vat/back"));
    EXPECT_FALSE(plan.resume);
    // It does not matter if the target already has everything.
    write("token", stream::resume_token_text(
                       {.object = 5, .to_guid = 99, .from_guid = 12, .to_name = "a@b"}) +
                       "\n");
    options.force = false;
    const auto again = run();
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->received, 0U);
}

TEST_F(ResumedRestoreTest, APartThatDoesNotFitIsDroppedAndReceivedFromItsStart) {
    for (const std::string reason : {"flags", "opening", "exclude", "beyond"}) {
        SCOPED_TRACE(reason);
        ::unlink((folder.path() + "/guids").c_str());
        write("calls", "");
        stopped(0, 200, 4096);
        const std::vector<Manifest> archives = view.archives;
        if (reason == "flags")
            view.archives[0].features |= stream::feature_bit(stream::Feature::large_blocks);
        if (reason == "opening") view.archives[0].opening.clear();
        if (reason == "exclude") options.exclude = {"refquota"};
        if (reason == "beyond") stopped(0, 500, 0);
        const auto report = run();
        ASSERT_TRUE(report) << report.error().message();
        EXPECT_EQ(report->received, 2U);
        EXPECT_FALSE(plan.drops.empty());
        EXPECT_TRUE(log.all().contains(plan.drops)) << log.all();
        EXPECT_TRUE(called("receive -A vat/back"));
        EXPECT_EQ(called("receive -u -s vat/back"), reason != "exclude");
        EXPECT_EQ(called("receive -u vat/back"), reason == "opening");
        EXPECT_EQ(text("received-0").size(), view.archives[0].stream_size);
        view.archives = archives;
        options.exclude.clear();
    }
}

TEST_F(ResumedRestoreTest, APlaceThatTheStreamDoesNotHaveIsDropped) {
    stopped(0, 200, 512);
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_TRUE(report.error().hint.contains("run the same command again")) << report.error().hint;
    EXPECT_TRUE(called("receive -A vat/back"));
    const auto again = run();
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(text("received-0").size(), view.archives[0].stream_size);
}

TEST_F(ResumedRestoreTest, DamageDropsThePartAndATransientFailureKeepsIt) {
    const Manifest& manifest = view.archives[0];
    for (const bool from_the_start : {true, false}) {
        for (const ErrorKind kind : {ErrorKind::unavailable, ErrorKind::damage}) {
            write("calls", "");
            if (!from_the_start) stopped(0, 200, 4096);
            watched.failing = manifest.object_name(manifest.segments[manifest.segments.size() - 2]);
            watched.kind = kind;
            const auto report = run();
            ASSERT_FALSE(report);
            EXPECT_EQ(report.error().kind, kind);
            EXPECT_EQ(called("receive -A vat/back"), kind == ErrorKind::damage);
            EXPECT_EQ(report.error().hint.contains("zfs receive -A vat/back"),
                      kind != ErrorKind::damage)
                << report.error().hint;
            EXPECT_TRUE(text("guids").empty());
        }
    }
}

TEST_F(ResumedRestoreTest, WaitsForAReceiveThatIsStillRunning) {
    stopped(0, 200, 4096);
    write("busy", "1\n2\n");
    const TimePoint begin = clock.now();
    const auto report = run();
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_GT(clock.now(), begin);
    expect_gone_on(0, 200, 4096, RecordType::write);
    ::unlink((folder.path() + "/guids").c_str());
    stopped(0, 200, 4096);
    write("busy", std::string(200, '\n'));
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::locked);
}

TEST_F(ResumedRestoreTest, AZfsWithoutResumableReceiveIsNotAskedForAToken) {
    write("letter", "");
    open_zfs();
    ASSERT_TRUE(run());
    EXPECT_TRUE(called("receive -u vat/back"));
    EXPECT_FALSE(text("calls").contains("receive_resume_token"));
    watched.failing = view.archives[0].object_name(view.archives[0].segments[5]);
    ::unlink((folder.path() + "/guids").c_str());
    EXPECT_FALSE(run());
    EXPECT_FALSE(called("receive -A vat/back"));
}

}  // namespace
}  // namespace zg::ops
