// Text in lines of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zg::cli {

/// Columns that `text` takes on a terminal: one for each character of UTF-8.
std::size_t columns_of(std::string_view text);

/// `text` in lines of at most `width` columns, broken at spaces; a longer word gets a separate
/// line. All lines except the first begin with `indent` spaces; the first is assumed to begin at
/// that column. No newline at the end.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 80);

}  // namespace zg::cli
