#include "cli/command_info.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace zg::cli {

std::string OptionInfo::spelling() const {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    if (is_argument) return many ? text + "..." : text;
    return value.empty() ? text : text + " " + value;
}

std::string OptionInfo::description() const { return more.empty() ? brief : brief + ". " + more; }

const CommandInfo* CommandInfo::find(const std::string& word) const {
    const auto found = std::ranges::find_if(commands, [&](const CommandInfo& command) {
        return command.last_word() == word || std::ranges::count(command.aliases, word) > 0;
    });
    return found == commands.end() ? nullptr : &*found;
}

std::vector<const CommandInfo*> CommandInfo::leaves() const {
    if (!is_group()) return {this};
    std::vector<const CommandInfo*> all;
    for (const CommandInfo& command : commands)
        for (const CommandInfo* leaf : command.leaves()) all.push_back(leaf);
    return all;
}

std::vector<std::string> CommandInfo::headings() const {
    // First these, then all others; "General" comes last.
    std::vector<std::string> order(heading::common.begin(), heading::common.end());
    order.insert(order.end(),
                 {heading::selection, heading::stream, heading::thaw, heading::tuning});
    for (const OptionInfo& option : options)
        if (std::ranges::count(order, option.heading) == 0 && option.heading != heading::general)
            order.push_back(option.heading);
    order.emplace_back(heading::general);
    std::erase_if(order, [&](const std::string& heading) {
        return std::ranges::none_of(options, [&](const OptionInfo& option) {
            return !option.is_argument && option.heading == heading;
        });
    });
    return order;
}

std::string CommandInfo::arguments() const {
    std::string text;
    for (const OptionInfo& option : options) {
        if (!option.is_argument) continue;
        text += text.empty() ? "" : " ";
        text += option.required ? option.spelling() : "[" + option.spelling() + "]";
    }
    return text;
}

std::string dashed(std::string name) {
    std::ranges::replace(name, ' ', '-');
    return name;
}

}  // namespace zg::cli
