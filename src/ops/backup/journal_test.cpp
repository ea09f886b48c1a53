// The notes of an unfinished archive are read back, those of older versions included.
#include "ops/backup/journal.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/steps.hpp"
#include "base/testing/kept_log.hpp"
#include "base/testing/manual_clock.hpp"
#include "catalog/journal.hpp"
#include "codec/encoding.hpp"
#include "ops/context.hpp"
#include "store/testing/memory_store.hpp"

namespace zg::ops {
namespace {

using nlohmann::json;

class JournalTest : public testing::Test {
  protected:
    Context context() {
        return {{.archives = {.store = store_,
                              .store_id = std::string(32, 'a'),
                              .store_options = {},
                              .catalog = catalog_},
                 .effort = {},
                 .world = {environment_, clock_, random_, steps_, log_, progress_}},
                {.host = "host", .machine_id = "machine", .state_dir = ""}};
    }

    /// Begins an archive with this compression.
    void begin(const std::optional<codec::Compression>& compression) {
        Context with = context();
        ASSERT_TRUE(begin_journal(with, {.archive_id = "20261123T020000Z-0123abcd",
                                         .dataset = "vat/testfs",
                                         .snapshot = "a",
                                         .to_guid = 4711,
                                         .flags = {.snapshot = {}, .from = {}},
                                         .compression = compression,
                                         .encryption = "none",
                                         .recipients = {},
                                         .plan = {},
                                         .started = clock_.now()}));
    }

    /// Changes the note of that archive.
    void change_note(const std::function<void(json&)>& change) {
        catalog::Journal journal(catalog_);
        const auto entry = journal.entries().value().front();
        json note = json::parse(entry.note);
        change(note);
        ASSERT_TRUE(journal.begin(entry.archive_id, entry.dataset, note.dump()));
    }

    std::vector<UnfinishedArchive> read() {
        Context with = context();
        return read_journal(with).value();
    }

    ManualClock clock_;
    KeptLog log_;
    Environment environment_;
    NoProgress progress_;
    NoSteps steps_;
    SystemRandom random_;
    store::MemoryStore store_{clock_};
    catalog::Catalog catalog_ = std::move(*catalog::Catalog::in_memory(steps_));
};

TEST_F(JournalTest, KeepsTheCompressionOfSegments) {
    for (const auto& compression :
         {std::optional<codec::Compression>(), codec::parse_compression("zstd:7")}) {
        begin(compression);
        ASSERT_EQ(read().size(), 1U);
        EXPECT_EQ(read().front().compression, compression);
    }
}

TEST_F(JournalTest, ReadsTheNoteOfAnOlderVersion) {
    begin(codec::default_compression());
    for (const int level : {0, 7}) {
        change_note([&](json& note) {
            note.erase("compression");
            note["zstd_level"] = level;
        });
        ASSERT_EQ(read().size(), 1U);
        const auto compression = read().front().compression;
        EXPECT_EQ(compression ? compression->text() : "none", level == 0 ? "none" : "zstd:7");
    }
}

TEST_F(JournalTest, AnArchiveWithAnUnknownCompressionIsLeftOut) {
    begin(codec::default_compression());
    change_note([](json& note) { note["compression"] = "lzma:9"; });
    EXPECT_TRUE(read().empty());
}

}  // namespace
}  // namespace zg::ops
