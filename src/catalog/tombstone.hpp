// The tombstone of an archive: it was removed on purpose. It is written before anything of the
// archive is removed, and is kept for a while after that. Format: doc/format.md.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace zg::catalog {

/// Largest tombstone that is read, bytes.
inline constexpr std::size_t max_tombstone_size = std::size_t{64} << 10U;

struct Tombstone {
    std::string archive_id;
    TimePoint removed{};  ///< when it was decided
    std::string rule;     ///< why, for people: "older than 12 months"
    /// The name of the machine that wrote it; empty in a store whose archives are encrypted, where
    /// names are not in clear text.
    std::string host{};
    bool operator==(const Tombstone&) const = default;
};

std::string to_json(const Tombstone& tombstone);
/// Errors as parse_record().
Result<Tombstone> parse_tombstone(Bytes text);

}  // namespace zg::catalog
