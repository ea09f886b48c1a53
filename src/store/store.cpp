#include "store/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/result.hpp"

namespace zg::store {

namespace {

constexpr std::size_t longest_name = 200;

bool is_name_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '/';
}

/// Whether no part of the name is empty or begins with a dot.
bool has_good_parts(std::string_view name) {
    char before = '/';
    for (const char c : name) {
        if (before == '/' && (c == '/' || c == '.')) return false;
        before = c;
    }
    return before != '/';
}

}  // namespace

std::string_view temperature_name(Temperature temperature) {
    switch (temperature) {
        case Temperature::hot:
            return "hot";
        case Temperature::cold:
            return "cold";
        case Temperature::thawing:
            return "thawing";
    }
    return "hot";
}

Result<void> check_name(std::string_view name) {
    const bool good = name.size() <= longest_name && std::ranges::all_of(name, is_name_character) &&
                      has_good_parts(name);
    if (good) return {};
    // The name may contain anything, even control codes of a terminal: show it quoted and escaped.
    return fail({.kind = ErrorKind::usage,
                 .what = fmt::format("{:?} is not a valid object name", name.substr(0, 300))});
}

}  // namespace zg::store
