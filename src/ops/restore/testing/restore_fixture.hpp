// Restores with a fake zfs that records its input and its commands.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <string>

#include "archive/testing/store_stream.hpp"
#include "base/testing/kept_log.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "ops/restore/restore.hpp"
#include "store/testing/memory_store.hpp"
#include "store/wrap/forwarding_store.hpp"
#include "stream/testing/builder.hpp"
#include "zfs/command.hpp"

namespace zg::ops {

using catalog::Manifest;

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

/// Accepts streams that end with END, and remembers their guids. Files in its folder change that:
/// `letter` (s: it can keep what it received), `token` (what it has kept), `busy` (a line for each
/// time that an earlier receive is still running), `refusal` (what it says when it takes no
/// stream), `deaf` (it ends without reading) and `lost` (it forgets what it has received).
inline constexpr const char* fake_zfs = R"sh(
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
receive*) if [ ! -f deaf ]; then cat >stream; fi
    if [ -f refusal ]; then cat refusal >&2; exit 1; fi
    if [ -f deaf ] || [ -f lost ]; then exit 0; fi
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

/// Two archives of 400 objects, a full one and an incremental one, and a dataset to restore them
/// to.
class RestoreFixture : public ::testing::Test {
  protected:
    RestoreFixture() {
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

}  // namespace zg::ops
