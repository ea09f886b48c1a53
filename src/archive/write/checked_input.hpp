// The head of the backup pipeline: a send stream as it is read, every byte checked, with notes of
// what passed.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "archive/write/chunk.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "stream/checker.hpp"
#include "stream/checkpoint.hpp"
#include "stream/record.hpp"

namespace zg::archive {

class CheckedInput {
  public:
    /// `source` outlives this.
    explicit CheckedInput(Source& source);
    /// `source` gives what follows `place`.
    CheckedInput(Source& source, const stream::Checkpoint& place);
    CheckedInput(const CheckedInput&) = delete;
    CheckedInput& operator=(const CheckedInput&) = delete;

    /// What else must hold when the stream has ended soundly, before read() says so.
    void at_end(std::function<Result<void>()> check) { at_end_ = std::move(check); }

    /// Reads some bytes of the stream; 0 at the end of a complete one. damage or unsupported if
    /// the stream is not sound, or if zfs send has put an extended attribute where no receive
    /// will look for it.
    Result<std::size_t> read(MutableBytes into);

    /// The whole records that were read since the last call, up to checker().boundary().
    RecordSpan take_span();

    /// Whether all records up to checker().boundary() are known to be good: the last one's payload
    /// is covered by the record after it.
    [[nodiscard]] bool boundary_is_proved() const { return checker_.boundary_is_proved(); }
    /// The stream's bytes up to the end of its (first) plain BEGIN record, if that has come and
    /// they are not more than opening_most; else empty.
    [[nodiscard]] Buffer opening() const;
    static constexpr std::size_t opening_most = std::size_t{64} << 10U;

    /// Whether read() has given an error.
    [[nodiscard]] bool failed() const { return failed_; }

    [[nodiscard]] const stream::Checker& checker() const { return checker_; }

  private:
    void note(const stream::Record& record);
    Result<std::size_t> read_checked(MutableBytes into);

    Source& source_;
    stream::Checker checker_;
    RecordSpan span_;
    Buffer beginning_;  // of the stream, until its BEGIN record has passed
    std::optional<std::size_t> opening_size_;
    std::function<Result<void>()> at_end_;
    bool failed_ = false;
    std::optional<Error> loss_;  // what zfs send itself has lost
};

}  // namespace zg::archive
