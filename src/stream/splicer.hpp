// Joins the rest of an interrupted send stream, the output of `zfs send -t`, to its beginning. The
// result is one stream that any zfs receive accepts.
#pragma once

#include <cstddef>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "stream/checker.hpp"
#include "stream/checkpoint.hpp"
#include "stream/record.hpp"
#include "stream/rewriter.hpp"

namespace zg::stream {

/// Takes the rest in pieces of any size, verifies it by its own checksums, and returns the bytes
/// that follow the beginning: without its BEGIN record, with the checksums of the whole stream, and
/// with the END of the package if the beginning was in one. The rest repeats the object at the
/// place, so the whole differs from the output of an uninterrupted zfs send; zfs receive creates
/// the same dataset from it. One thread.
class Splicer {
  public:
    /// `place`: the end of the beginning; it has a resume_point.
    explicit Splicer(Checkpoint place);

    /// Takes the next bytes and appends the result to `out`. conflict if the rest is of other
    /// snapshots or another place, or was sent with other features; else the errors of
    /// Checker::feed().
    Result<void> feed(Bytes bytes, Buffer& out);
    /// To be called at the end: appends the end of the package, if there is one; damage if the rest
    /// is incomplete.
    Result<void> finish(Buffer& out);

  private:
    Result<void> take_begin(Bytes& bytes);
    [[nodiscard]] Result<void> check_begin() const;

    Checkpoint place_;
    Checker checker_;
    Rewriter rewriter_;
    Buffer begin_;                                 // BEGIN with its payload, as far as received
    std::size_t begin_size_ = record_header_size;  // as far as it is known
    bool begun_ = false;
};

}  // namespace zg::stream
