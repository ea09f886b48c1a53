// Suggestions for mistyped words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_info.hpp"

namespace zg::cli {

/// How many letters must be inserted, removed, replaced, or swapped with the next one to turn `a`
/// into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate closest to `word`, the first of several; empty if more than a third of the letters
/// differ in all of them.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

/// The full name ("vault list") of the command in `group`, or in a group in it, that is closest to
/// `words`; empty if none is close.
std::string closest_command(const CommandInfo& group, const std::vector<std::string>& words);

/// The long option of `command` closest to `option`, "--compresion" or "-compression"; empty if
/// none is close.
std::string closest_option(const CommandInfo& command, std::string_view option);

}  // namespace zg::cli
