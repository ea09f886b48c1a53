#include "cli/output/man.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.hpp"
#include "cli/command_info.hpp"
#include "cli/output/verb_text.hpp"

namespace zg::cli {

namespace {

/// Text in roff: escapes backslashes, hyphens, lines that look like a request, and the ellipsis,
/// the only non-ASCII character in the texts.
std::string roff(std::string_view text) {
    constexpr std::string_view ellipsis = "\u2026";
    std::string out;
    bool line_start = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (text.substr(at).starts_with(ellipsis)) {
            out += "\\&...";
            at += ellipsis.size() - 1;
            line_start = false;
            continue;
        }
        if (line_start && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        line_start = c == '\n';
    }
    return out;
}

std::string heading(const std::string& page, const std::string& brief) {
    return fmt::format(".TH \"{}\" 8 \"\" \"{}\" \"System Administration\"\n.SH NAME\n{} \\- {}\n",
                       roff(page), roff(program_version()), roff(page), roff(brief));
}

std::string option_text(const OptionInfo& option) {
    std::string text =
        fmt::format(".TP\n\\fB{}\\fR\n{}.\n", roff(option.spelling()), roff(option.description()));
    if (!option.initial.empty()) text += fmt::format("Default: {}.\n", roff(option.initial));
    if (!option.environment.empty())
        text += fmt::format("Default from the environment: {}.\n", roff(option.environment));
    return text;
}

std::string options_section(const CommandInfo& command) {
    std::string text = ".SH OPTIONS\n";
    for (const OptionInfo& option : command.options)
        if (option.is_argument) text += option_text(option);
    for (const std::string& heading : command.headings()) {
        text += fmt::format(".SS {}\n", roff(heading));
        for (const OptionInfo& option : command.options)
            if (!option.is_argument && option.heading == heading) text += option_text(option);
    }
    return text;
}

std::string command_page(const CommandInfo& command) {
    const VerbText text = verb_text(command.name);
    const std::string arguments = command.arguments();
    std::string page = heading("zglacier-" + dashed(command.name), text.brief);
    page += fmt::format(".SH SYNOPSIS\n\\fB{}\\fR [OPTIONS]{}{}\n.SH DESCRIPTION\n",
                        roff(command.invocation()), arguments.empty() ? "" : " ", roff(arguments));
    bool first = true;
    for (const std::string& paragraph : text.description) {
        page += (first ? "" : ".PP\n") + roff(paragraph) + "\n";
        first = false;
    }
    page += options_section(command);
    page += ".SH JSON\n";
    for (const std::string& key : text.json) page += fmt::format(".PP\n{}\n", roff(key));
    page +=
        ".PP\nIf the command fails, the object has the key error, with kind, message and "
        "hint.\n.SH EXAMPLES\n";
    for (const VerbExample& example : text.examples)
        page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(example.command), roff(example.meaning));
    return page;
}

std::string exit_codes() {
    return ".SH EXIT STATUS\n0 done (also: nothing to do); 1 failed; 2 wrong usage or "
           "configuration; 3 refused by the store, or wrong credentials or key; 4 some datasets "
           "failed, others are done; 5 damage found; 6 no such archive, snapshot or dataset; "
           "7 another run holds the lock; "
           "75 waiting for a thaw: run the same command again later.\n";
}

/// Commands with a text in cli/text/: all except help, man and version.
std::vector<const CommandInfo*> commands_with_page(const CommandInfo& program) {
    std::vector<const CommandInfo*> leaves = program.leaves();
    std::erase_if(leaves,
                  [](const CommandInfo* leaf) { return verb_text(leaf->name).brief.empty(); });
    return leaves;
}

std::string program_page(const CommandInfo& program) {
    std::string page = heading("zglacier", "store ZFS snapshots in cold storage and restore them");
    page += ".SH SYNOPSIS\n\\fBzglacier\\fR COMMAND [OPTIONS]\n.SH DESCRIPTION\n" +
            roff(program.brief) + "\n.SH COMMANDS\n";
    for (const CommandInfo* command : commands_with_page(program))
        page += fmt::format(".TP\n\\fB{}\\fR\n{}. See zglacier\\-{}(8).\n", roff(command->name),
                            roff(command->brief), roff(dashed(command->name)));
    return page;
}

}  // namespace

std::string manual_page(const CommandInfo& command) {
    return (command.name.empty() ? program_page(command) : command_page(command)) + exit_codes();
}

std::string verb_list(const CommandInfo& program) {
    std::string text;
    for (const CommandInfo* command : commands_with_page(program))
        text += dashed(command->name) + "\n";
    return text;
}

}  // namespace zg::cli
