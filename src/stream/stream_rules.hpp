// What holds between the records of one stream, beyond their checksums.
#pragma once

#include <optional>
#include <string>

#include "stream/checkpoint.hpp"
#include "stream/header.hpp"

namespace zg::stream {

/// The rules that `zfs receive` itself keeps to (dmu_recv.c): one guid, WRITEs in order, and in raw
/// streams no OBJECT outside the newest OBJECT_RANGE. Made anew at each BEGIN; one thread.
class StreamRules {
  public:
    StreamRules() = default;
    explicit StreamRules(const Begin& begin);
    /// In the middle of a stream that has one.
    explicit StreamRules(const Checkpoint& place);

    /// Notes in `place` what it knows.
    void save(Checkpoint& place) const;

    /// Takes the stream's next record, END included; gives "expected …, found …" where it cannot
    /// follow.
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
