// What the JSON records in a store have in common: each names its format and version, and ends with
// its own digest.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg::catalog {

/// Version of the records that this program writes, and the newest that it reads.
inline constexpr int format_version = 1;

/// The first members of a record of this format ("zglacier-manifest").
nlohmann::ordered_json begin_record(std::string_view format);
/// The record as it is stored, with its digest.
std::string record_text(const nlohmann::ordered_json& record);

/// The record, after its digest, format and version have been checked. damage for anything that
/// is not one; unsupported for a newer version, and for what a build from before format 1 wrote.
Result<nlohmann::json> parse_record(Bytes text, std::string_view format);

/// unsupported: `where` was written by a build from before format 1.
Error early_build_error(std::string where);

/// damage in the member `where`.
std::unexpected<Error> wrong_member(std::string where, std::string what);

}  // namespace zg::catalog
