// Turns an archive's stream into the one that a resumed zfs receive needs.
#pragma once

#include <cstdint>

#include "base/io.hpp"
#include "ops/restore/receive_point.hpp"
#include "stream/resumed_stream.hpp"

namespace zg::ops {

/// Takes the stream from the segment in which an earlier receive stopped, and passes on what zfs
/// receive -s needs. `out` outlives it.
class ResumingSink final : public Sink {
  public:
    /// `opening`: see stream::ResumedStream.
    ResumingSink(Sink& out, const Buffer& opening, const ReceivePoint& point);
    Result<void> write(Bytes bytes) override;
    /// To be called when everything has been written.
    Result<void> finish();
    [[nodiscard]] bool misfit() const { return misfit_; }  ///< the stream has no such place

  private:
    Result<void> fits(Result<void> done);
    Result<void> pass();

    Sink& out_;
    stream::ResumedStream stream_;
    std::uint64_t opening_size_;
    std::uint64_t position_;  // of what comes next, in the stream
    Buffer changed_;
    bool begun_ = false;
    bool misfit_ = false;
};

}  // namespace zg::ops
