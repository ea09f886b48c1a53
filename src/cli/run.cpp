#include "cli/run.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "base/result.hpp"
#include "base/version.hpp"
#include "base/world.hpp"
#include "cli/command_info.hpp"
#include "cli/command_line.hpp"
#include "cli/exit_code.hpp"
#include "cli/output/console.hpp"
#include "cli/output/help.hpp"
#include "cli/output/man.hpp"
#include "cli/vault/old_options.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

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

int run_verb(Verb& verb, const OldOptions& old_options, World& world, Console& console) {
    if (verb.common.quiet) console.be_quiet();
    if (const auto prepared = verb.prepare(old_options, world); !prepared)
        return report(verb, console, prepared.error());
    auto result = verb.run(world, console);
    if (!result) return report(verb, console, result.error());
    if (std::fflush(stdout) != 0)
        return report(verb, console,
                      errno_error(errno, "cannot write the result to standard output", ""));
    return static_cast<int>(*result);
}

int wrong_usage(Console& console, const Error& error) {
    console.error(error);
    return static_cast<int>(ExitCode::usage);
}

int no_command(Console& console, const CommandInfo& group) {
    fmt::print(stderr, "{}\n", overview(group));
    return wrong_usage(console,
                       {.kind = ErrorKind::usage,
                        .what = "no command is given",
                        .hint = fmt::format("`{} COMMAND --help` shows the options of a command",
                                            group.invocation())});
}

/// The output of a request that runs no verb.
std::string answer(const Request& request, const CommandInfo& commands) {
    switch (request.kind) {
        case Request::Kind::help:
            return help_text(*request.command, HelpDetail::common);
        case Request::Kind::help_all:
            return help_text(*request.command, HelpDetail::all);
        case Request::Kind::version:
            return program_version() + "\n";
        case Request::Kind::manual:
            return manual_page(*request.command);
        case Request::Kind::verb_list:
            return verb_list(commands);
        case Request::Kind::run:
        case Request::Kind::no_command:
            return {};
    }
    return {};
}

}  // namespace

int run(int argc, const char* const* argv, World& world, Console& console) {
    CommandLine line;
    const auto request = line.parse(argc, argv, world.environment);
    if (!request) return wrong_usage(console, request.error());
    if (request->kind == Request::Kind::run)
        return run_verb(*request->verb, line.old_options(), world, console);
    if (request->kind == Request::Kind::no_command) return no_command(console, *request->command);
    fmt::print("{}", answer(*request, line.commands()));
    return static_cast<int>(std::fflush(stdout) == 0 ? ExitCode::done : ExitCode::failed);
}

}  // namespace zg::cli
