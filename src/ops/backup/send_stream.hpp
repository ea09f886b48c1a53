// The stream of a backup, from zfs send: from its beginning, or from where an earlier run stopped.
#pragma once

#include <memory>

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
    static Result<std::unique_ptr<SendStream>> go_on(archive::Context& context, const zfs::Zfs& zfs,
                                                     const zfs::SendSpec& spec,
                                                     const UnfinishedArchive& archive);
    ~SendStream();

    [[nodiscard]] Process& process() { return process_; }
    [[nodiscard]] archive::CheckedInput& input() { return *input_; }

  private:
    class SplicedSource;
    explicit SendStream(Process process);
    Result<void> go_on_behind(const stream::Checkpoint& place);
    Result<void> skip(archive::Context& context, const UnfinishedArchive& archive);

    Process process_;
    std::unique_ptr<SplicedSource> spliced_;
    std::unique_ptr<archive::CheckedInput> input_;
};

}  // namespace zg::ops
