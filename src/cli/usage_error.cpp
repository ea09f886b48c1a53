#include "cli/usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/closest.hpp"
#include "cli/command_info.hpp"

namespace zg::cli {

namespace {

bool is_option(const std::string& argument) {
    return argument.size() > 1 && argument.starts_with('-');
}

std::string suggestion(const std::string& name) {
    return name.empty() ? "" : fmt::format("; did you mean \"{}\"?", name);
}

/// How to give a required option, "--store URL", with the variable that can be set instead.
std::string required_spelling(const OptionInfo& option) {
    if (option.is_argument) return option.names.front();
    return option.environment.empty()
               ? option.spelling()
               : fmt::format("{} (or ${})", option.spelling(), option.environment);
}

Error unknown_option(const CommandInfo& command, const std::string& argument) {
    // The value may be a secret.
    const std::string name = argument.substr(0, argument.find('='));
    if (command.name == "backup" && (name == "-r" || name == "-R" || name == "--recursive"))
        return wrong_usage(
            command,
            fmt::format("unknown option {}: children are not included, name each dataset", name));
    return wrong_usage(command, fmt::format("unknown option {}{}", name,
                                            suggestion(closest_option(command, name))));
}

}  // namespace

Error wrong_usage(const CommandInfo& command, const std::string& what) {
    const char* shows =
        command.is_group() ? "lists the commands" : "shows its arguments and options";
    return {.kind = ErrorKind::usage,
            .what = what,
            .hint = fmt::format("`{} --help` {}", command.invocation(), shows)};
}

Error unknown_command(const CommandInfo& group, const std::vector<std::string>& words) {
    const std::string typed = group.name.empty() ? words.front() : group.name + " " + words.front();
    return wrong_usage(group, fmt::format("unknown command \"{}\"{}", typed,
                                          suggestion(closest_command(group, words))));
}

std::optional<Error> unexpected_argument(const std::vector<ReachedCommand>& path) {
    for (const ReachedCommand& reached : path) {
        if (reached.unexpected.empty()) continue;
        const std::string& first = reached.unexpected.front();
        if (is_option(first)) return unknown_option(*reached.command, first);
        if (!reached.command->is_group())
            return wrong_usage(*reached.command, fmt::format("unexpected argument \"{}\"", first));
        std::vector<std::string> words;
        for (const std::string& word : reached.unexpected) {
            if (is_option(word)) break;
            words.push_back(word);
        }
        return unknown_command(*reached.command, words);
    }
    return std::nullopt;
}

std::optional<Error> missing_arguments(const ReachedCommand& reached) {
    std::string arguments;
    std::string options;
    for (std::size_t i = 0; i < reached.missing.size(); ++i) {
        const OptionInfo& option = reached.command->options[i];
        if (!reached.missing[i]) continue;
        std::string& list = option.is_argument ? arguments : options;
        list += (list.empty() ? "" : ", ") + required_spelling(option);
    }
    if (arguments.empty() && options.empty()) return std::nullopt;
    std::string what = "missing ";
    if (!arguments.empty()) what += "argument " + arguments;
    if (!arguments.empty() && !options.empty()) what += " and ";
    if (!options.empty()) what += "option " + options;
    return wrong_usage(*reached.command, what);
}

Error wrong_count(const ReachedCommand& reached, const std::string& name) {
    const std::vector<OptionInfo>& options = reached.command->options;
    for (std::size_t i = 0; i < options.size(); ++i) {
        if (std::ranges::count(options[i].names, name) == 0) continue;
        const bool twice = reached.counts[i] > 1 && !options[i].many;
        return wrong_usage(*reached.command,
                           twice
                               ? fmt::format("option {} is given more than once", name)
                               : fmt::format("missing value of option {}", options[i].spelling()));
    }
    return wrong_usage(*reached.command, fmt::format("wrong number of values for {}", name));
}

}  // namespace zg::cli
