#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "cli/command_info.hpp"
#include "cli/options.hpp"
#include "cli/output/verb_text.hpp"
#include "cli/usage_error.hpp"
#include "cli/vault/old_options.hpp"
#include "cli/vault/verb.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

constexpr const char* program_brief =
    "zglacier stores ZFS snapshots in cold storage and restores them.";

// These may also come before the command.
constexpr std::array<std::string_view, 3> shared_options{"--store", "--state-dir", "--identity"};
constexpr std::array<std::string_view, 3> shared_flags{"--json", "-q", "--quiet"};

std::string group_brief(const std::string& name) {
    if (name == "vault") return "Work with Glacier vaults: upload, retrieve, inventory, ...";
    if (name == "key") return "Make and check keys for encrypted archives";
    if (name == "stream") return "Check a zfs send stream";
    if (name == "catalog") return "Maintain the local catalog";
    return vault_group_brief(name);
}

void set_help(CLI::App& app) {
    app.set_help_flag("-h,--help", "Show the most common options")->group(heading::general);
    app.set_help_all_flag("--help-all", "Show all options")->group(heading::general);
}

/// "first line\nthe rest".
std::pair<std::string, std::string> two_lines(const std::string& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string::npos) return {text, {}};
    return {text.substr(0, end), text.substr(end + 1)};
}

OptionInfo describe(const CLI::Option& option) {
    OptionInfo info;
    info.is_argument = option.get_positional();
    if (info.is_argument) info.names = {option.get_type_name()};
    for (const std::string& name : option.get_snames()) info.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) info.names.push_back("--" + name);
    info.required = option.get_required();
    info.many = option.get_items_expected_max() > 1;
    const bool is_flag = option.get_items_expected_max() == 0;
    if (!is_flag && !info.is_argument) info.value = option.get_type_name();
    std::tie(info.brief, info.more) = two_lines(option.get_description());
    info.initial = option.get_default_str();
    info.environment = option.get_envname();
    info.heading = option.get_group();
    return info;
}

CommandInfo describe(const CLI::App& app, const std::string& before) {
    CommandInfo info;
    info.name = app.get_parent() == nullptr ? "" : before + app.get_name();
    info.brief = app.get_description();
    info.aliases = app.get_aliases();
    for (const CLI::Option* option : app.get_options()) info.options.push_back(describe(*option));
    const std::string within = info.name.empty() ? "" : info.name + " ";
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        info.commands.push_back(describe(*sub, within));
    return info;
}

/// The command that the arguments name, after the program and the groups that contain it.
std::vector<const CLI::App*> path_to(const CLI::App& app) {
    std::vector<const CLI::App*> path{&app};
    while (!path.back()->get_subcommands().empty())
        path.push_back(path.back()->get_subcommands().front());
    return path;
}

/// The arguments of each command on that path, for explain().
std::vector<ReachedCommand> reached_commands(const CLI::App& app, const CommandInfo& commands) {
    std::vector<ReachedCommand> path;
    const CommandInfo* command = &commands;
    for (const CLI::App* one : path_to(app)) {
        if (!path.empty()) command = command->find(one->get_name());
        ReachedCommand reached{.command = command, .unexpected = {}, .counts = {}, .missing = {}};
        for (const std::string& argument : one->remaining())
            reached.unexpected.push_back(plain_id(argument));
        for (const CLI::Option* option : one->get_options()) {
            reached.counts.push_back(option->count());
            reached.missing.push_back(option->get_required() && option->count() == 0);
        }
        path.push_back(std::move(reached));
    }
    return path;
}

/// Makes the value of each option's variable its default. CLI11 itself would ask the process.
void take_variables(CLI::App& app, const Environment& environment) {
    for (CLI::Option* option : app.get_options()) {
        if (const auto value = environment.get(option->get_envname()))
            option->default_val(*value)->required(false);
        option->envname("");
    }
    for (CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        take_variables(*sub, environment);
}

bool has_secret(int argc, const char* const* argv) {
    return std::any_of(argv, argv + argc, [](std::string_view argument) {
        return argument.find("secret") != std::string_view::npos;
    });
}

}  // namespace

CommandLine::CommandLine()
    : verbs_(make_verbs()), app_(std::make_unique<CLI::App>(program_brief, "zglacier")) {
    set_help(*app_);
    app_->add_flag_callback("--version", [] {}, "Show the version")->group(heading::general);
    app_->require_subcommand(1);
    for (const auto& verb : verbs_) add(*verb);
    add_helpers();
    commands_ = describe(*app_, "");
}

CommandLine::~CommandLine() = default;

void CommandLine::add(Verb& verb) {
    CLI::App* parent = app_.get();
    std::string name = verb.name();
    for (std::size_t space = name.find(' '); space != std::string::npos; space = name.find(' ')) {
        parent = &group_of(*parent, name.substr(0, space));
        name = name.substr(space + 1);
    }
    CLI::App* sub = parent->add_subcommand(name, verb_text(verb.name()).brief);
    set_help(*sub);
    for (const std::string& alias : verb.aliases()) sub->alias(alias);
    Options options(*sub);
    verb.define(options);
    options
        .add_flag("--json", verb.common.json,
                  "Print the result as JSON\nThe manual page lists the keys")
        ->group(heading::general);
    options
        .add_flag("-q,--quiet", verb.common.quiet,
                  "Print only warnings and errors besides the result")
        ->group(heading::general);
}

CLI::App& CommandLine::group_of(CLI::App& parent, const std::string& name) {
    for (CLI::App* there : parent.get_subcommands([](const CLI::App*) { return true; }))
        if (there->get_name() == name) return *there;
    const bool top = &parent == app_.get();
    CLI::App* group = parent.add_subcommand(name, group_brief(name));
    set_help(*group);
    group->require_subcommand(1);
    if (top && name == "vault") {
        Options options(*group);
        define_old_options(options, old_options_);
    }
    if (const std::string alias = vault_group_alias(name); !top && !alias.empty())
        group->alias(alias);
    return *group;
}

void CommandLine::add_helpers() {
    CLI::App* help = app_->add_subcommand("help", "Show the options of a command");
    help->add_option("command", help_words_, "The command")->type_name("COMMAND");
    CLI::App* manual = app_->add_subcommand("man", "Print the manual page of a command, in roff");
    manual->add_option("command", manual_words_, "The command; without it, the program")
        ->type_name("COMMAND");
    manual->add_flag("--list", verb_list_, "Print the names of the pages of all commands");
    CLI::App* version = app_->add_subcommand("version", "Show the version");
    for (CLI::App* sub : {help, manual, version}) set_help(*sub);
}

Result<const CommandInfo*> CommandLine::named(const std::vector<std::string>& words) const {
    const CommandInfo* command = &commands_;
    for (auto word = words.begin(); word != words.end(); ++word) {
        const CommandInfo* next = command->find(*word);
        if (next == nullptr) {
            const CommandInfo* page = with_page(words);
            if (page != nullptr) return page;
            return fail(unknown_command(*command, {word, words.end()}));
        }
        command = next;
    }
    return command;
}

const CommandInfo* CommandLine::with_page(const std::vector<std::string>& words) const {
    const std::string page = fmt::format("{}", fmt::join(words, "-"));
    for (const CommandInfo* leaf : commands_.leaves())
        if (dashed(leaf->name) == page && verb_of(leaf->name) != nullptr) return leaf;
    return nullptr;
}

Verb* CommandLine::verb_of(const std::string& name) const {
    const auto found =
        std::ranges::find(verbs_, name, [](const auto& verb) { return verb->name(); });
    return found == verbs_.end() ? nullptr : found->get();
}

Result<Request> CommandLine::request() const {
    const CLI::App& app = *path_to(*app_).back();
    const std::string name = app.get_parent() == app_.get() ? app.get_name() : "";
    if (name == "version") return Request{.kind = Request::Kind::version};
    if (name == "help") {
        ZG_TRY(const CommandInfo* command, named(help_words_));
        return Request{.kind = Request::Kind::help, .command = command};
    }
    if (name == "man") {
        if (verb_list_) return Request{.kind = Request::Kind::verb_list};
        const CommandInfo* page = manual_words_.empty() ? &commands_ : with_page(manual_words_);
        if (page == nullptr) return fail(unknown_command(commands_, manual_words_));
        return Request{.kind = Request::Kind::manual, .command = page};
    }
    return Request{.verb = verb_of(reached_commands(*app_, commands_).back().command->name)};
}

Result<Request> CommandLine::explain(const CLI::ParseError& error) const {
    const std::vector<ReachedCommand> path = reached_commands(*app_, commands_);
    const ReachedCommand& last = path.back();
    if (auto wrong = unexpected_argument(path)) return fail(std::move(*wrong));
    if (app_->count("--version") > 0) return Request{.kind = Request::Kind::version};
    const std::string kind = error.get_name();
    if (kind == "CallForHelp" || kind == "CallForAllHelp") {
        ZG_TRY(const CommandInfo* command,
               help_words_.empty() ? Result<const CommandInfo*>(last.command) : named(help_words_));
        return Request{
            .kind = kind == "CallForHelp" ? Request::Kind::help : Request::Kind::help_all,
            .command = command};
    }
    if (last.command->is_group() && kind == "RequiredError")
        return Request{.kind = Request::Kind::no_command, .command = last.command};
    const std::string text = error.what();
    if (kind == "ArgumentMismatch") return fail(wrong_count(last, text.substr(0, text.find(':'))));
    if (kind == "ExcludesError") {
        const std::string with = " excludes ";
        const std::size_t at = text.find(with);
        return fail(wrong_usage(
            *last.command, fmt::format("{} cannot be given together with {}", text.substr(0, at),
                                       text.substr(at + with.size()))));
    }
    if (auto missing = missing_arguments(last); missing && kind == "RequiredError")
        return fail(std::move(*missing));
    return fail(wrong_usage(*last.command, text));
}

Result<Request> CommandLine::parse(int argc, const char* const* argv,
                                   const Environment& environment) {
    const std::vector<std::string> plain =
        with_options_last(std::vector<std::string>(argv, argv + argc), commands_);
    std::vector<const char*> raw;
    for (const std::string& argument : plain) raw.push_back(argument.c_str());
    std::vector<std::string> arguments = mark_ids(static_cast<int>(raw.size()), raw.data());
    if (!arguments.empty()) arguments.erase(arguments.begin());
    std::ranges::reverse(arguments);  // as CLI11 wants them
    try {
        take_variables(*app_, environment);
        app_->parse(std::move(arguments));
        return request();
    } catch (const CLI::ParseError& error) {
        auto request = explain(error);
        if (request || !has_secret(argc, argv)) return request;
        // A quoted argument may be a key.
        return fail(wrong_usage(*reached_commands(*app_, commands_).back().command,
                                "wrong arguments; they are not shown because one of them "
                                "contains a secret"));
    }
}

std::vector<std::string> with_options_last(std::vector<std::string> arguments,
                                           const CommandInfo& commands) {
    if (arguments.empty()) return arguments;
    std::size_t first = 1;
    while (first < arguments.size()) {
        const std::string& argument = arguments[first];
        const std::string name = argument.substr(0, argument.find('='));
        const bool has_value = std::ranges::count(shared_options, name) > 0;
        if (!has_value && std::ranges::count(shared_flags, argument) == 0) break;
        first += has_value && name == argument ? 2 : 1;
    }
    first = std::min(first, arguments.size());
    const std::vector<std::string> options(arguments.begin() + 1,
                                           arguments.begin() + static_cast<std::ptrdiff_t>(first));
    arguments.erase(arguments.begin() + 1, arguments.begin() + static_cast<std::ptrdiff_t>(first));
    std::ptrdiff_t after = 1;
    const CommandInfo* command = &commands;
    for (const std::string& word : arguments | std::views::drop(1)) {
        const CommandInfo* next = command->find(word);
        if (next == nullptr) break;
        command = next;
        ++after;
    }
    if (!command->is_group())
        arguments.insert(arguments.begin() + after, options.begin(), options.end());
    return arguments;
}

}  // namespace zg::cli
