// The stream of a backup, from zfs send: from its beginning, or from where an earlier run stopped.
#pragma once

#include <memory>
#include <optional>

#include "archive/write/checked_input.hpp"
#include "ops/backup/journal.hpp"
#include "stream/splicer.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// A zfs send under way. One thread.
class SendStream {
  public:
    /// The whole stream of `spec`.
    static Result<std::unique_ptr<SendStream>> begin(const zfs::Zfs& zfs,
                                                     const zfs::SendSpec& spec);
    /// What lies behind the segments of `archive`, which has one and is what `spec` sends: by a
    /// resume token where this zfs takes one and the last segment ends where zfs can go on, else
    /// from the beginning, which is compared and left out. conflict where zfs send gives another
    /// stream than what was stored.
    static Result<std::unique_ptr<SendStream>> resume(Context& context, const zfs::Zfs& zfs,
                                                      const zfs::SendSpec& spec,
                                                      const UnfinishedArchive& archive);
    ~SendStream();

    [[nodiscard]] archive::CheckedInput& input() { return *input_; }

    /// Whether the stream holds anything but its beginning and its end. Reads ahead; what was read
    /// comes again from input(). Before anything was read.
    Result<bool> holds_changes();

    /// How zfs send ended; it is waited for once, and is ended if its stream was not read.
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
