// Turns exceptions of SQLite into Errors. Only files that use SQLite see its exceptions.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

#include "base/result.hpp"

namespace zg::sql {

/// full, refused, unavailable (another process holds it), damage (not a database, or a broken one)
/// or io. `repair`: how to rebuild a broken one.
Error error_of(const SQLite::Exception& exception, std::string what, const std::string& path,
               const std::string& repair);

/// How long SQLite waits for another process, milliseconds.
inline constexpr int busy_timeout_ms = 30'000;

}  // namespace zg::sql
