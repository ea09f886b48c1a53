// The output of zfs send for a backup: from its beginning, or from where an earlier run stopped.
#pragma once

#include <memory>
#include <optional>

#include "archive/write/checked_input.hpp"
#include "base/result.hpp"
#include "ops/backup/journal.hpp"
#include "ops/context.hpp"
#include "stream/checkpoint.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// A zfs send under way. One thread.
class SendStream {
  public:
    /// The whole stream of `spec`.
    static Result<std::unique_ptr<SendStream>> begin(const zfs::Zfs& zfs,
                                                     const zfs::SendSpec& spec);
    /// The rest of the stream of `spec` after the segments of `archive`, which has at least one.
    /// Uses a resume token if this zfs takes one and the last segment ends where zfs can resume;
    /// else sends from the beginning, and compares and skips what is stored. conflict if zfs send
    /// writes another stream than the stored one.
    static Result<std::unique_ptr<SendStream>> resume(Context& context, const zfs::Zfs& zfs,
                                                      const zfs::SendSpec& spec,
                                                      const UnfinishedArchive& archive);
    ~SendStream();

    [[nodiscard]] archive::CheckedInput& input() { return *input_; }

    /// Whether the stream holds anything but its beginning and its end. Reads ahead; input() still
    /// gives everything. Call it before anything was read.
    Result<bool> holds_changes();

    /// How zfs send ended. Waits for it, and ends it if its stream was not read; later calls return
    /// the same.
    Result<zfs::Ended> wait();

  private:
    class SplicedSource;
    class AheadSource;
    explicit SendStream(std::unique_ptr<zfs::Sending> sending);
    Result<void> resume_after(const stream::Checkpoint& place);
    Result<void> skip(Context& context, const UnfinishedArchive& archive);

    std::unique_ptr<zfs::Sending> sending_;
    std::optional<zfs::Ended> ended_;
    std::unique_ptr<AheadSource> ahead_;
    std::unique_ptr<SplicedSource> spliced_;
    std::unique_ptr<archive::CheckedInput> input_;
};

}  // namespace zg::ops
