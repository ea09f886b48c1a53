// Makes of a stored send stream what `zfs receive -s` takes to go on where it stopped, without `zfs
// send -t`, for which the snapshot itself would have to be there. Source:
// dmu_recv_resume_begin_check(), resume_check() and save_resume_state() in OpenZFS's
// module/zfs/dmu_recv.c.
#pragma once

#include <optional>

#include "stream/checkpoint.hpp"
#include "stream/rewriter.hpp"

namespace zg::stream {

/// The stream's opening with BEGIN changed to say where it goes on, then the stream's own records
/// from there on, with their checksums computed anew.
///
/// zfs receive has kept all before the WRITE that its token names, and wants that WRITE again. At
/// offset 0 the token may mean the OBJECT record instead, which OpenZFS from 2.4 on may not have
/// applied yet: then it goes on at that. Object 1, offset 0 is what a token says before anything
/// was received. A package (zfs send -p) is one again: its opening has the properties, some of
/// which zfs receive sets at the end. One thread.
class ResumedStream {
  public:
    /// `opening`: the stream's bytes up to the end of its plain BEGIN record. `at`: object and
    /// offset of the token.
    ResumedStream(Buffer opening, ResumePoint at) : opening_(std::move(opening)), at_(at) {}
    ResumedStream(const ResumedStream&) = delete;
    ResumedStream& operator=(const ResumedStream&) = delete;

    /// To be called first: appends the opening. damage where that is none, unsupported where the
    /// stream cannot be resumed (from a machine of the other byte order, with records that have no
    /// checksums, or one that itself goes on in the middle).
    Result<void> begin(Buffer& out);
    /// To be called next: what follows begins between two records at or before `at`.
    /// `object_range`: of a raw stream, the header of the newest OBJECT_RANGE before it; else
    /// empty.
    void skip_to(Bytes object_range) {
        object_range_.assign(object_range.begin(), object_range.end());
    }
    /// Takes the stream's bytes, in pieces of any size, to its end; they must have been verified.
    /// Appends to `out` what they become: nothing of what lies before `at`. conflict where the
    /// stream has no record at `at`.
    Result<void> feed(Bytes bytes, Buffer& out);
    /// To be called at the end: appends the end of the package, if there is one; damage unless the
    /// stream's END has passed.
    Result<void> finish(Buffer& out);

  private:
    Result<void> change_begin(std::size_t position, Buffer& out);
    bool keep(const Header& header, Bytes bytes, Buffer& out);
    [[nodiscard]] bool is_there(const Header& header) const;
    [[nodiscard]] bool is_behind(const Header& header) const;

    Buffer opening_;
    ResumePoint at_;
    Buffer object_range_;
    bool in_package_ = false;
    std::endian order_ = std::endian::little;
    std::optional<Rewriter> rewriter_;
    enum class Place { before, behind, missed, ended } place_ = Place::before;
};

}  // namespace zg::stream
