// Turns a stored send stream into the stream that `zfs receive -s` needs to resume where it
// stopped. `zfs send -t` cannot be used, since it needs the snapshot itself. Source:
// dmu_recv_resume_begin_check(), resume_check() and save_resume_state() in OpenZFS's
// module/zfs/dmu_recv.c.
#pragma once

#include <bit>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "stream/checkpoint.hpp"
#include "stream/header.hpp"
#include "stream/rewriter.hpp"

namespace zg::stream {

/// The result is the stream's opening, with BEGIN changed to name the resume point, then the
/// stream's records from there on, with recomputed checksums.
/// zfs receive has kept everything before the WRITE that its token names, and needs that WRITE
/// again. At offset 0 the token may mean the OBJECT record instead, which OpenZFS from 2.4 on may
/// not have applied yet: then the stream resumes at that. A token with object 1, offset 0 means
/// that nothing was received. A package (zfs send -p) becomes a package again: its opening has the
/// properties, some of which zfs receive sets at the end. One thread.
class ResumedStream {
  public:
    /// `opening`: the stream's bytes up to the end of its plain BEGIN record. `at`: object and
    /// offset of the token.
    ResumedStream(Buffer opening, ResumePoint at) : opening_(std::move(opening)), at_(at) {}
    ResumedStream(const ResumedStream&) = delete;
    ResumedStream& operator=(const ResumedStream&) = delete;

    /// To be called first: appends the opening. damage if that is invalid, unsupported if the
    /// stream cannot be resumed (it comes from a machine of the other byte order, its records have
    /// no checksums, or it is itself a resumed stream).
    Result<void> begin(Buffer& out);
    /// To be called next: the bytes that follow begin between two records at or before `at`.
    /// `object_range`: of a raw stream, the header of the newest OBJECT_RANGE before it; else
    /// empty.
    void skip_to(Bytes object_range) {
        object_range_.assign(object_range.begin(), object_range.end());
    }
    /// Takes the stream's bytes, in pieces of any size, to its end; they must have been verified.
    /// Appends the result to `out`: nothing for records before `at`. conflict if the stream has no
    /// record at `at`.
    Result<void> feed(Bytes bytes, Buffer& out);
    /// To be called at the end: appends the end of the package, if there is one; damage unless the
    /// stream's END has passed.
    Result<void> finish(Buffer& out);

  private:
    Result<void> change_begin(std::size_t position, Buffer& out);
    bool keep(const Header& header, Bytes bytes, Buffer& out);
    [[nodiscard]] bool is_at_place(const Header& header) const;
    [[nodiscard]] bool is_after(const Header& header) const;

    Buffer opening_;
    ResumePoint at_;
    Buffer object_range_;
    bool in_package_ = false;
    std::endian order_ = std::endian::little;
    std::optional<Rewriter> rewriter_;
    enum class Place { before, after, missed, ended } place_ = Place::before;
};

}  // namespace zg::stream
