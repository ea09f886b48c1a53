// What somebody may have meant who mistyped a word.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_info.hpp"

namespace zg::cli {

/// How many letters must be inserted, removed, replaced, or swapped with the next one, to make `b`
/// out of `a`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate closest to `word`, the first of several; empty if none is close: more than a third
/// of its letters differ.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

/// The command of `group`, or of a group in it, that was meant by `words`, of which the first names
/// none: its whole name ("vault list"). Empty if none is close.
std::string closest_command(const CommandInfo& group, const std::vector<std::string>& words);

/// The long option of `command` that was meant by "--compresion" or "-compression"; empty if none
/// is close.
std::string closest_option(const CommandInfo& command, std::string_view option);

}  // namespace zg::cli
