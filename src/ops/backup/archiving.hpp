// Carries out an ArchivePlan, from the snapshot to the committed archive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/write/archive_writer.hpp"
#include "archive/write/checked_input.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "ops/backup/held_snapshot.hpp"
#include "ops/backup/journal.hpp"
#include "ops/backup/plan.hpp"
#include "ops/backup/send_stream.hpp"
#include "ops/backup/survey.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// Stores one archive. One thread; the constructor's arguments outlive it.
class Archiving {
  public:
    Archiving(Context& context, const zfs::Zfs& zfs, const Survey& survey, const ArchivePlan& plan);

    /// Takes or holds the snapshot, stores the output of zfs send, and commits it. Returns nothing,
    /// and stores nothing, if the stream holds no change (see ArchivePlan::may_be_unchanged). After
    /// an error nothing is committed; segments that the store has confirmed stay, with snapshot and
    /// hold, for a later run to resume. If there are none, everything is undone.
    Result<std::optional<catalog::Manifest>> run();

    /// "pool/fs@name".
    [[nodiscard]] std::string snapshot_name() const { return snapshot_.full_name(); }
    /// After the commit: releases the hold.
    Result<void> release() { return snapshot_.release(); }

  private:
    Result<void> hold_snapshot();
    Result<std::optional<catalog::Manifest>> store();
    Result<std::optional<catalog::Manifest>> send(std::optional<std::uint64_t> expected);
    Result<std::unique_ptr<SendStream>> open_stream();
    Result<void> begin_journal();
    Result<std::vector<catalog::Segment>> put(SendStream& stream);
    Result<void> check_end(SendStream& stream);
    [[nodiscard]] Error stream_error(Error error, SendStream& stream) const;
    Result<catalog::Manifest> make_manifest(const archive::CheckedInput& input,
                                            std::vector<catalog::Segment> segments) const;
    void give_up();
    void abandon();

    Context& context_;
    const zfs::Zfs& zfs_;
    const Survey& survey_;
    const ArchivePlan& plan_;
    zfs::SendSpec spec_;
    HeldSnapshot snapshot_;
    zfs::Snapshot found_;  // the snapshot, as ZFS shows it
    archive::ArchiveWriter writer_;
    std::optional<UnfinishedArchive> unfinished_;  // the archive that is resumed
    std::size_t noted_ = 0;                        // segments in the journal
    bool journal_begun_ = false;
};

}  // namespace zg::ops
