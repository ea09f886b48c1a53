#include "cli/run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "base/version.hpp"
#include "cli/output/man.hpp"
#include "cli/output/verb_text.hpp"
#include "cli/vault/old_options.hpp"
#include "cli/vault/verb.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

constexpr const char* footer =
    "ZGLACIER_STORE stands in for --store.\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 refused by the store, 4 some "
    "datasets failed,\n"
    "5 damage found, 6 no such archive, snapshot or dataset, 7 another run holds the lock, 75 "
    "waiting for a thaw.";

/// The subcommands, with their verbs.
struct CommandLine {
    CLI::App app{"zglacier puts ZFS snapshots into cold storage and gets them back."};
    std::vector<std::unique_ptr<Verb>> verbs = make_verbs();
    std::map<const CLI::App*, Verb*> verb_of;
    std::string man_verb;
    CLI::App* man = nullptr;
    OldOptions old_options;

    CommandLine() {
        app.set_version_flag("--version", program_version());
        app.footer(footer);
        app.require_subcommand(1);
        for (const auto& verb : verbs) add(*verb);
        man = app.add_subcommand("man", "Print the manual page of a verb, in roff")->group("");
        man->add_option("verb", man_verb);
    }

    void add(Verb& verb) {
        CLI::App* parent = &app;
        std::string name = verb.name();
        for (std::size_t space = name.find(' '); space != std::string::npos;
             space = name.find(' ')) {
            parent = group_of(*parent, name.substr(0, space));
            name = name.substr(space + 1);
        }
        CLI::App* sub = parent->add_subcommand(name, verb_text(verb.name()).brief);
        sub->footer(footer);
        for (const std::string& alias : verb.aliases()) sub->alias(alias);
        Options options(*sub);
        verb.define(options);
        sub->add_flag("--json", verb.common.json,
                      "Print the result as JSON; the manual page lists the keys");
        sub->add_flag("-q,--quiet", verb.common.quiet,
                      "Print only warnings and errors beside the result");
        verb_of.emplace(sub, &verb);
    }

    CLI::App* group_of(CLI::App& parent, const std::string& name) {
        for (CLI::App* sub : parent.get_subcommands(
                 [&](const CLI::App* candidate) { return candidate->get_name() == name; }))
            return sub;
        const bool vault = &parent == &app && name == "vault";
        const std::string brief =
            &parent == &app ? fmt::format("Verbs on a {}", name) : vault_group_brief(name);
        CLI::App* group = parent.add_subcommand(name, brief);
        group->require_subcommand(1);
        if (vault) {
            Options options(*group);
            define_old_options(options, old_options);
        }
        if (const std::string alias = vault_group_alias(name); &parent != &app && !alias.empty())
            group->alias(alias);
        return group;
    }

    Verb* chosen() const {
        for (const auto& [sub, verb] : verb_of) {
            if (sub->parsed()) return verb;
        }
        return nullptr;
    }
};

int report(const Verb& verb, Console& console, const Error& error) {
    console.error(error);
    if (verb.common.json)
        print_result(verb.common,
                     {{"error",
                       {{"kind", kind_name(error.kind)},
                        {"message", error.message()},
                        {"hint", error.hint}}}},
                     "");
    return static_cast<int>(exit_code(error.kind));
}

/// CLI11 tells its errors by exceptions; they end here.
std::optional<int> parse(CommandLine& line, int argc, const char* const* argv) {
    try {
        const std::vector<std::string> arguments = mark_ids(argc, argv);
        std::vector<const char*> raw;
        for (const std::string& argument : arguments) raw.push_back(argument.c_str());
        line.app.parse(argc, raw.data());
        return std::nullopt;
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return line.app.exit(error);
        // What was not expected is quoted, and may be a key.
        const bool secret = std::any_of(argv, argv + argc, [](std::string_view argument) {
            return argument.find("secret") != std::string_view::npos;
        });
        const char* what = secret ? "the command line cannot be understood; since there is a "
                                    "secret in it, it is not shown where"
                                  : error.what();
        fmt::print(stderr,
                   "zglacier: error: {}\nzglacier: hint: `zglacier --help` and `zglacier VERB "
                   "--help` show what there is\n",
                   what);
        return static_cast<int>(ExitCode::usage);
    }
}

}  // namespace

int run(int argc, const char* const* argv, World& world, Console& console) {
    CommandLine line;
    if (const auto code = parse(line, argc, argv)) return *code;
    if (line.man->parsed()) return print_man_page(line.app, line.verb_of, line.man_verb);
    Verb* verb = line.chosen();
    if (verb->common.quiet) console.be_quiet();
    if (const auto prepared = verb->prepare(line.old_options, console); !prepared)
        return report(*verb, console, prepared.error());
    auto result = verb->run(world, console);
    if (!result) return report(*verb, console, result.error());
    if (std::fflush(stdout) != 0)
        return report(*verb, console,
                      errno_error(errno, "cannot write the result to standard output", ""));
    return static_cast<int>(*result);
}

}  // namespace zg::cli
