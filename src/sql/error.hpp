// From what SQLite throws to an Error. Nothing above the files that use SQLite sees its exceptions.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <utility>

#include "base/result.hpp"

namespace zg::sql {

/// full, refused, unavailable (another process holds it), damage (no database, or a broken one) or
/// io. `repair`: how a broken one is made anew.
Error error_of(const SQLite::Exception& exception, std::string what, const std::string& path,
               const std::string& repair);

/// Waits so long for another process, in milliseconds.
inline constexpr int busy_timeout_ms = 30'000;

}  // namespace zg::sql
