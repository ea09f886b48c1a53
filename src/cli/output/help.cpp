#include "cli/output/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "cli/command_info.hpp"
#include "cli/options.hpp"
#include "cli/output/wrap.hpp"

namespace zg::cli {

namespace {

// A longer name gets a separate line.
constexpr std::size_t widest_names = 26;

/// Names and what they mean, in two columns.
struct Row {
    std::string name;
    std::string meaning;
};

std::string rows_text(const std::vector<Row>& rows) {
    std::size_t width = 0;
    for (const Row& row : rows) {
        const std::size_t columns = columns_of(row.name);
        if (columns <= widest_names) width = std::max(width, columns);
    }
    std::string text;
    for (const Row& row : rows) {
        const std::size_t columns = columns_of(row.name);
        const std::string gap = columns <= width ? std::string(width - columns + 2, ' ')
                                                 : "\n" + std::string(width + 4, ' ');
        text += fmt::format("  {}{}{}\n", row.name, gap, wrapped(row.meaning, width + 4));
    }
    return text;
}

std::string meaning_of(const OptionInfo& option, HelpDetail detail) {
    std::string text = detail == HelpDetail::all ? option.description() : option.brief;
    if (!option.initial.empty()) text += fmt::format(" [{}]", option.initial);
    if (!option.environment.empty()) text += fmt::format(" [${}]", option.environment);
    return text;
}

Row row_of(const OptionInfo& option, HelpDetail detail) {
    const bool is_long_only = !option.is_argument && option.names.front().starts_with("--");
    return {(is_long_only ? "    " : "") + option.spelling(), meaning_of(option, detail)};
}

std::string options_text(const CommandInfo& command, HelpDetail detail) {
    std::string text;
    for (const std::string& heading : command.headings()) {
        const bool is_common = std::ranges::count(heading::common, heading) > 0;
        if (detail == HelpDetail::common && !is_common) continue;
        std::vector<Row> rows;
        for (const OptionInfo& option : command.options)
            if (!option.is_argument && option.heading == heading)
                rows.push_back(row_of(option, detail));
        if (!rows.empty()) text += fmt::format("\n{}:\n{}", heading, rows_text(rows));
    }
    return text;
}

std::string arguments_text(const CommandInfo& command, HelpDetail detail) {
    std::vector<Row> rows;
    for (const OptionInfo& option : command.options)
        if (option.is_argument) rows.push_back(row_of(option, detail));
    return rows_text(rows);
}

std::string usage_line(const CommandInfo& command) {
    if (command.is_group())
        return fmt::format("Usage: {} COMMAND [OPTIONS]\n", command.invocation());
    const std::string arguments = command.arguments();
    return fmt::format("Usage: {} [OPTIONS]{}{}\n", command.invocation(),
                       arguments.empty() ? "" : " ", arguments);
}

std::string commands_text(const CommandInfo& group) {
    std::vector<Row> rows;
    for (const CommandInfo& command : group.commands) {
        std::string name = command.last_word();
        for (const std::string& alias : command.aliases) name += ", " + alias;
        rows.push_back({name, command.brief});
    }
    return fmt::format("\nCommands:\n{}", rows_text(rows));
}

bool has_own_options(const CommandInfo& command) {
    return std::ranges::any_of(command.options, [](const OptionInfo& option) {
        return option.heading != heading::general;
    });
}

/// What to type for more.
std::string footer(const CommandInfo& command, HelpDetail detail) {
    const std::string manual =
        "man zglacier" + (command.name.empty() ? "" : "-" + dashed(command.name));
    std::string text;
    if (command.is_group()) {
        const std::string group = command.name.empty() ? "" : command.name + " ";
        text = fmt::format("Options of a command: zglacier help {}COMMAND", group);
        if (command.name.empty()) text += "; manual page: " + manual;
        if (detail == HelpDetail::common && !command.name.empty() && has_own_options(command))
            text += fmt::format("; common options: {} --help-all", command.invocation());
    } else if (detail == HelpDetail::common) {
        text = "More: --json, -q (--quiet), --help-all; manual page: " + manual;
    } else {
        text = "Manual page: " + manual;
    }
    return "\n" + wrapped(text, 0) + "\n";
}

}  // namespace

std::string overview(const CommandInfo& group) {
    return fmt::format("{}\n{}{}", wrapped(group.brief, 0), usage_line(group),
                       commands_text(group));
}

std::string help_text(const CommandInfo& command, HelpDetail detail) {
    if (command.is_group()) {
        const bool with_options = detail == HelpDetail::all;
        return overview(command) + (with_options ? options_text(command, detail) : "") +
               footer(command, detail);
    }
    return fmt::format("{}\n{}{}{}{}", wrapped(command.brief, 0), usage_line(command),
                       arguments_text(command, detail), options_text(command, detail),
                       footer(command, detail));
}

}  // namespace zg::cli
