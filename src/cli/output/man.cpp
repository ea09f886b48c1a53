#include "cli/output/man.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/version.hpp"
#include "cli/output/verb_text.hpp"

namespace zg::cli {

namespace {

/// Text as roff takes it: backslashes and hyphens escaped, no line that looks like a request, no
/// ellipsis, the one character of ours that is not ASCII.
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

std::string dashed(std::string name) {
    std::ranges::replace(name, ' ', '-');
    return name;
}

std::string heading(const std::string& page, const std::string& brief) {
    return fmt::format(".TH \"{}\" 8 \"\" \"{}\" \"System Administration\"\n.SH NAME\n{} \\- {}\n",
                       roff(page), roff(program_version()), roff(page), roff(brief));
}

std::string options_section(const CLI::App& sub) {
    std::string text = ".SH OPTIONS\n";
    for (const CLI::Option* option : sub.get_options()) {
        std::string name =
            option->get_positional() ? option->get_name(true) : option->get_name(false, true);
        if (option->get_items_expected_max() > 0) name += " " + option->get_type_name();
        text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(name), roff(option->get_description()));
        if (!option->get_default_str().empty())
            text += fmt::format("Default: {}.\n", roff(option->get_default_str()));
        if (!option->get_envname().empty())
            text += fmt::format(".br\nThe environment variable {} stands in for it.\n",
                                roff(option->get_envname()));
    }
    return text;
}

std::string verb_page(const CLI::App& sub, const std::string& verb) {
    const VerbText text = verb_text(verb);
    std::string page = heading("zglacier-" + dashed(verb), text.brief);
    std::string synopsis;
    for (const CLI::Option* option : sub.get_options()) {
        if (!option->get_positional()) continue;
        const std::string name = option->get_type_name();
        synopsis += option->get_required() ? " " + name : " [" + name + "]";
        if (option->get_items_expected_max() > 1) synopsis += "...";
    }
    page += fmt::format(".SH SYNOPSIS\n\\fBzglacier {}\\fR [OPTIONS]{}\n.SH DESCRIPTION\n",
                        roff(verb), roff(synopsis));
    bool first = true;
    for (const std::string& paragraph : text.description) {
        page += (first ? "" : ".PP\n") + roff(paragraph) + "\n";
        first = false;
    }
    page += options_section(sub);
    page += ".SH JSON\n";
    for (const std::string& key : text.json) page += fmt::format(".PP\n{}\n", roff(key));
    page += ".PP\nAn error gives an object error with kind, message and hint.\n.SH EXAMPLES\n";
    for (const VerbExample& example : text.examples)
        page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(example.command), roff(example.meaning));
    return page;
}

std::string exit_codes() {
    return ".SH EXIT STATUS\n0 done (also: nothing to do); 1 failed; 2 wrong usage or "
           "configuration; 3 refused by the store or by credentials; 4 some datasets failed, "
           "others done; "
           "5 damage found; 6 no such archive, snapshot or dataset; 7 another run holds the lock; "
           "75 waiting for a thaw: run the same command again later.\n";
}

std::string program_page(const CLI::App& app, const std::map<const CLI::App*, Verb*>& verbs) {
    std::string page = heading("zglacier", "ZFS snapshots into cold storage and back");
    page += ".SH SYNOPSIS\n\\fBzglacier\\fR VERB [OPTIONS]\n.SH DESCRIPTION\n" +
            roff(app.get_description()) + "\n.SH VERBS\n";
    for (const auto& [sub, verb] : verbs) {
        page += fmt::format(".TP\n\\fB{}\\fR\n{}. See zglacier\\-{}(8).\n", roff(verb->name()),
                            roff(verb_text(verb->name()).brief), roff(dashed(verb->name())));
    }
    return page;
}

}  // namespace

int print_man_page(const CLI::App& app, const std::map<const CLI::App*, Verb*>& verbs,
                   const std::string& verb) {
    if (verb.empty()) {
        fmt::print("{}{}", program_page(app, verbs), exit_codes());
        return static_cast<int>(ExitCode::done);
    }
    for (const auto& [sub, candidate] : verbs) {
        if (dashed(candidate->name()) != verb) continue;
        fmt::print("{}{}", verb_page(*sub, candidate->name()), exit_codes());
        return static_cast<int>(ExitCode::done);
    }
    fmt::print(stderr, "zglacier: error: there is no verb {}\n", verb);
    return static_cast<int>(ExitCode::usage);
}

}  // namespace zg::cli
