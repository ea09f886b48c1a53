// The head of the backup pipeline: a send stream as it is read, every byte checked, with notes of what passed.
#pragma once

#include <functional>

#include "base/io.hpp"
#include "job/chunk.hpp"
#include "stream/checker.hpp"

namespace zg::job {

class CheckedInput {
  public:
    /// `source` outlives this.
    explicit CheckedInput(Source& source);
    CheckedInput(const CheckedInput&) = delete;
    CheckedInput& operator=(const CheckedInput&) = delete;

    /// What else must hold when the stream has ended soundly, before read() says so.
    void at_end(std::function<Result<void>()> check) { at_end_ = std::move(check); }

    /// Reads some bytes of the stream; 0 at the end of a complete one. damage or unsupported where the stream is not sound,
    /// or where zfs send has put an extended attribute where no receive will look for it.
    Result<std::size_t> read(MutableBytes into);

    /// The whole records that were read since the last call, up to checker().boundary().
    RecordSpan take_span();

    /// Whether read() has given an error.
    [[nodiscard]] bool failed() const { return failed_; }

    [[nodiscard]] const stream::Checker& checker() const { return checker_; }

  private:
    void note(const stream::Record& record);
    Result<std::size_t> read_checked(MutableBytes into);

    Source& source_;
    stream::Checker checker_;
    RecordSpan span_;
    std::function<Result<void>()> at_end_;
    bool failed_ = false;
    std::optional<Error> loss_;  // what zfs send itself has lost
};

}  // namespace zg::job
