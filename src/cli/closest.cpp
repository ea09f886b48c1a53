#include "cli/closest.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_info.hpp"

namespace zg::cli {

namespace {

std::string in_group(const CommandInfo& group, const std::string& name) {
    return group.name.empty() ? name : group.name + " " + name;
}

/// The names of all commands and groups in a group, as they are typed after the name of the group.
std::vector<std::string> names_below(const CommandInfo& group) {
    std::vector<std::string> names;
    for (const CommandInfo& command : group.commands) {
        std::vector<std::string> own{command.last_word()};
        own.insert(own.end(), command.aliases.begin(), command.aliases.end());
        names.insert(names.end(), own.begin(), own.end());
        for (const std::string& name : names_below(command))
            names.push_back(command.last_word() + " " + name);
    }
    return names;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // The distances of the first i letters of `a` to every prefix of `b`, for three values of i.
    std::vector<std::size_t> before_last;
    std::vector<std::size_t> last;
    std::vector<std::size_t> now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) now[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last = last;
        last = now;
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = std::min(now[j], before_last[j - 2] + 1);
        }
    }
    return now[b.size()];
}

std::string closest(std::string_view word, const std::vector<std::string>& candidates) {
    std::string found;
    std::size_t least = 0;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate);
        const std::size_t most =
            std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
        if (distance > most || (!found.empty() && distance >= least)) continue;
        found = candidate;
        least = distance;
    }
    return found;
}

std::string closest_command(const CommandInfo& group, const std::vector<std::string>& words) {
    const std::vector<std::string> names = names_below(group);
    // "kye generate" means a command of a group: use as many words as possible.
    for (std::size_t count = words.size(); count > 0; --count) {
        std::string typed = words.front();
        for (std::size_t i = 1; i < count; ++i) typed += " " + words[i];
        const std::string found = closest(typed, names);
        if (!found.empty()) return in_group(group, found);
    }
    // "generate" means "key generate".
    std::string with_group;
    for (const std::string& name : names) {
        if (words.empty() || !name.ends_with(" " + words.front())) continue;
        if (!with_group.empty()) return {};
        with_group = in_group(group, name);
    }
    return with_group;
}

std::string closest_option(const CommandInfo& command, std::string_view option) {
    option = option.substr(0, option.find('='));
    const std::string_view word =
        option.substr(std::min(option.find_first_not_of('-'), option.size()));
    if (word.size() < 2) return {};
    std::vector<std::string> names;
    for (const OptionInfo& one : command.options)
        for (const std::string& name : one.names)
            if (name.starts_with("--")) names.push_back(name.substr(2));
    const std::string found = closest(word, names);
    return found.empty() ? found : "--" + found;
}

}  // namespace zg::cli
