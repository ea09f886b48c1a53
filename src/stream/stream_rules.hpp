// Rules between the records of one stream, in addition to their checksums.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "stream/checkpoint.hpp"
#include "stream/header.hpp"
#include "stream/record.hpp"

namespace zg::stream {

/// The rules that `zfs receive` itself checks (dmu_recv.c): one guid, WRITEs in order, and in raw
/// streams no OBJECT outside the newest OBJECT_RANGE. Created for each BEGIN; one thread.
class StreamRules {
  public:
    StreamRules() = default;
    explicit StreamRules(const Begin& begin);
    /// Resumes in the middle of a stream; `place` has one.
    explicit StreamRules(const Checkpoint& place);

    /// Saves its state in `place`.
    void save(Checkpoint& place) const;

    /// Takes the stream's next record, including END; returns "expected …, found …" if it violates
    /// a rule.
    std::optional<std::string> take(const Header& header);
    [[nodiscard]] bool raw() const { return raw_; }

  private:
    std::optional<std::string> check_guid(const Header& header);
    std::optional<std::string> check_write(const Header& header);

    std::uint64_t begin_guid_ = 0;
    bool raw_ = false;
    std::optional<std::uint64_t> records_guid_;
    std::uint64_t last_object_ = 0;
    std::uint64_t last_offset_ = 0;
    std::optional<std::uint64_t> range_start_;
};

}  // namespace zg::stream
