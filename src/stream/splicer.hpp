// Joins the rest of an interrupted send stream, as `zfs send -t` gives it, to its beginning: one
// stream results, which any zfs receive takes.
#pragma once

#include "stream/checker.hpp"
#include "stream/rewriter.hpp"

namespace zg::stream {

/// Takes the rest in pieces of any size, verifies it by its own checksums, and gives what goes
/// behind the beginning: without its BEGIN record, with the checksums of the whole, and with the
/// END of the package where the beginning was in one. The rest begins again with the object at the
/// place, so that the whole is not, byte for byte, what an uninterrupted zfs send gives; zfs
/// receive makes the same of it. One thread.
class Splicer {
  public:
    /// `place`: the end of the beginning; it has a resume_point.
    explicit Splicer(Checkpoint place);

    /// Appends to `out` what `bytes` become. conflict where the rest is of other snapshots or of
    /// another place, or was sent with other features; else the errors of Checker::feed().
    Result<void> feed(Bytes bytes, Buffer& out);
    /// To be called at the end: appends the end of the package, if there is one; damage where the
    /// rest is not complete.
    Result<void> finish(Buffer& out);

  private:
    Result<void> take_begin(Bytes& bytes);
    [[nodiscard]] Result<void> check_begin() const;

    Checkpoint place_;
    Checker checker_;
    Rewriter rewriter_;
    Buffer begin_;                                 // BEGIN with its payload, as far as it has come
    std::size_t begin_size_ = record_header_size;  // as far as it is known
    bool begun_ = false;
};

}  // namespace zg::stream
