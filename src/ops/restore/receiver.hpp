// A zfs receive that is started once the stream is identified.
#pragma once

#include <memory>

#include "ops/context.hpp"
#include "stream/checker.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// Takes an archive's stream. Starts zfs receive when the BEGIN record has arrived. If the target
/// has another snapshot of the same name, renames that one to "name-20261123T020000Z" first.
/// conflict, before anything is received, if an archive that is not proved turns out to build on a
/// snapshot that the target does not have. References outlive it.
class Receiver final : public Sink {
  public:
    enum class State {
        waiting,    ///< zfs receive was not started
        receiving,  ///< zfs receive has accepted everything written
        refused,    ///< zfs receive accepted no more
    };

    Receiver(Context& context, const zfs::Zfs& zfs, const catalog::Manifest& archive,
             const zfs::ReceiveSpec& spec)
        : context_(context), zfs_(zfs), archive_(archive), spec_(spec) {}

    Result<void> write(Bytes bytes) override;
    [[nodiscard]] State state() const { return state_; }

    /// Ends the stream and waits for zfs receive, which must have been started.
    Result<zfs::Ended> finish();
    /// Ends zfs receive, if it was started. Without the END record it commits nothing.
    void abandon();

  private:
    Result<void> pass(Bytes bytes);
    Result<void> start(const stream::Begin& begin);
    [[nodiscard]] Result<void> check_base(const stream::Begin& begin,
                                          const zfs::Dataset& target) const;
    Result<void> make_way(const stream::Begin& begin, const zfs::Dataset& target);

    Context& context_;
    const zfs::Zfs& zfs_;
    const catalog::Manifest& archive_;
    const zfs::ReceiveSpec& spec_;
    State state_ = State::waiting;
    stream::Checker look_;
    Buffer start_of_stream_;
    std::unique_ptr<zfs::Receiving> receiving_;
};

}  // namespace zg::ops
