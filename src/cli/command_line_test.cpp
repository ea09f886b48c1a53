#include "cli/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "cli/closest.hpp"
#include "cli/command_info.hpp"
#include "cli/output/help.hpp"
#include "cli/output/man.hpp"
#include "cli/output/wrap.hpp"
#include "cli/verb.hpp"

namespace zg::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The parsed arguments, without the program name.
struct Parsed {
    explicit Parsed(std::vector<const char*> arguments, const Environment& environment = {}) {
        arguments.insert(arguments.begin(), "/usr/local/sbin/zglacier");
        request = line.parse(static_cast<int>(arguments.size()), arguments.data(), environment);
    }
    [[nodiscard]] std::string error() const { return request ? "" : request.error().what; }
    [[nodiscard]] std::string hint() const { return request ? "" : request.error().hint; }

    CommandLine line;
    Result<Request> request;
};

std::string error_of(const std::vector<const char*>& arguments) {
    const Parsed parsed(arguments);
    if (!parsed.request) {
        EXPECT_EQ(parsed.request.error().kind, ErrorKind::usage);
    }
    return parsed.error();
}

TEST(EditDistance, CountsLetters) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("", "list"), 4U);
    EXPECT_EQ(edit_distance("list", "list"), 0U);
    EXPECT_EQ(edit_distance("list", "lst"), 1U);
    EXPECT_EQ(edit_distance("bakcup", "backup"), 1U);
    EXPECT_EQ(edit_distance("restroe", "restore"), 1U);
    EXPECT_EQ(edit_distance("init", "list"), 3U);
}

TEST(Closest, OnlyWhatIsClose) {
    EXPECT_EQ(closest("bakup", {"list", "backup"}), "backup");
    EXPECT_EQ(closest("ab", {"xy", "list"}), "");
    EXPECT_EQ(closest("x", {}), "");
}

TEST(CommandLine, SuggestsTheCommandThatWasMeant) {
    EXPECT_EQ(error_of({"bakcup"}), "unknown command \"bakcup\"; did you mean \"backup\"?");
    EXPECT_EQ(error_of({"bakcup", "--store", "dir:/x", "vat/fs"}),
              "unknown command \"bakcup\"; did you mean \"backup\"?");
    EXPECT_EQ(error_of({"kye", "generate"}),
              "unknown command \"kye\"; did you mean \"key generate\"?");
    EXPECT_EQ(error_of({"key", "generat"}),
              "unknown command \"key generat\"; did you mean \"key generate\"?");
    EXPECT_EQ(error_of({"key-generate"}),
              "unknown command \"key-generate\"; did you mean \"key generate\"?");
    EXPECT_EQ(error_of({"rebuild"}),
              "unknown command \"rebuild\"; did you mean \"catalog rebuild\"?");
    EXPECT_EQ(error_of({"stream", "inspct"}),
              "unknown command \"stream inspct\"; did you mean \"stream inspect\"?");
    EXPECT_EQ(error_of({"vault", "-c", "file", "lst"}),
              "unknown command \"vault lst\"; did you mean \"vault list\"?");
    EXPECT_EQ(error_of({"vault", "polcy", "show"}),
              "unknown command \"vault polcy\"; did you mean \"vault policy show\"?");
    EXPECT_EQ(error_of({"frobnicate"}), "unknown command \"frobnicate\"");
    // A command after the wrong one is not taken for it.
    EXPECT_EQ(error_of({"bakcup", "list"}), "unknown command \"bakcup\"; did you mean \"backup\"?");
}

TEST(CommandLine, SuggestsTheOptionThatWasMeant) {
    EXPECT_EQ(error_of({"backup", "-r", "x"}),
              "unknown option -r: children are not included, name each dataset");
    EXPECT_EQ(error_of({"list", "-r"}), "unknown option -r");
    EXPECT_EQ(error_of({"backup", "--compresion=zstd", "x"}),
              "unknown option --compresion; did you mean \"--compression\"?");
    EXPECT_EQ(error_of({"list", "-store", "x"}),
              "unknown option -store; did you mean \"--store\"?");
    EXPECT_EQ(error_of({"list", "--frobnicate"}), "unknown option --frobnicate");
    EXPECT_EQ(error_of({"--frobnicate", "list"}), "unknown option --frobnicate");
}

TEST(CommandLine, SaysWhatIsMissing) {
    EXPECT_EQ(error_of({"backup"}),
              "missing argument DATASET and option --store URL (or $ZGLACIER_STORE)");
    EXPECT_EQ(error_of({"backup", "--store", "dir:/x"}), "missing argument DATASET");
    EXPECT_EQ(error_of({"list"}), "missing option --store URL (or $ZGLACIER_STORE)");
    EXPECT_EQ(error_of({"copy", "--from", "dir:/x"}), "missing option --to URL");
    EXPECT_EQ(error_of({"backup", "x", "--keep-snapshots"}),
              "missing value of option --keep-snapshots N");
    EXPECT_EQ(error_of({"backup", "--snapshot", "--full", "x"}),
              "--snapshot: the value is missing before --full");
    EXPECT_EQ(error_of({"vault", "-c"}), "missing value of option -c, --conf FILE");
}

TEST(CommandLine, SaysWhatIsWrong) {
    EXPECT_EQ(error_of({"list", "--store", "dir:/x", "a", "b"}), "unexpected argument \"b\"");
    EXPECT_EQ(error_of({"list", "--store", "dir:/x", "--store", "dir:/y"}),
              "option --store is given more than once");
    EXPECT_EQ(error_of({"backup", "--keep-snapshots", "few", "x"}),
              "--keep-snapshots: \"few\" is not a whole number of 0 or more");
    EXPECT_EQ(error_of({"list", "--connections", "65"}),
              "--connections: \"65\" is not a number from 1 to 64");
    EXPECT_EQ(error_of({"vault", "inventory", "photos", "--output", "tree"}),
              "--output: \"tree\" is not one of print, csv, json");
    EXPECT_THAT(error_of({"vault", "upload", "a", "--part-size", "1MiB", "--partsize", "1"}),
                HasSubstr("cannot be given together with"));
}

TEST(CommandLine, HintsAtTheCommandsHelp) {
    EXPECT_THAT(Parsed({"backup"}).hint(), HasSubstr("`zglacier backup --help`"));
    EXPECT_THAT(Parsed({"key", "check", "--no"}).hint(), HasSubstr("`zglacier key check --help`"));
    EXPECT_THAT(Parsed({"vault", "lst"}).hint(), HasSubstr("`zglacier vault --help`"));
    EXPECT_THAT(Parsed({"bakcup"}).hint(), HasSubstr("`zglacier --help`"));
}

TEST(CommandLine, QuotesNothingIfThereIsASecret) {
    const Parsed parsed({"vault", "list", "--aws-secret-key", "S3cr3t", "more"});
    ASSERT_FALSE(parsed.request);
    EXPECT_THAT(parsed.error(), Not(HasSubstr("more")));
    EXPECT_THAT(error_of({"vault", "list", "--aws-secret=S3cr3t"}), Not(HasSubstr("S3cr3t")));
}

TEST(CommandLine, HelpRunsNothing) {
    const Parsed help({"help", "backup"});
    ASSERT_TRUE(help.request);
    EXPECT_EQ(help.request->kind, Request::Kind::help);
    EXPECT_EQ(help.request->command->name, "backup");
    for (const std::vector<const char*>& arguments :
         {std::vector<const char*>{"help", "key", "generate"},
          {"help", "key-generate"},
          {"key", "generate", "-h"}}) {
        const Parsed parsed(arguments);
        ASSERT_TRUE(parsed.request);
        EXPECT_EQ(parsed.request->kind, Request::Kind::help);
        EXPECT_EQ(parsed.request->command->name, "key generate");
    }
    const Parsed all({"help", "--help-all", "vault", "list"});
    ASSERT_TRUE(all.request);
    EXPECT_EQ(all.request->kind, Request::Kind::help_all);
    EXPECT_EQ(all.request->command->name, "vault list");
    EXPECT_EQ(error_of({"help", "nosuch"}), "unknown command \"nosuch\"");
    EXPECT_EQ(error_of({"nosuch", "--help"}), "unknown command \"nosuch\"");
    EXPECT_EQ(Parsed({"help"}).request->command->name, "");
    EXPECT_EQ(Parsed({"version"}).request->kind, Request::Kind::version);
    EXPECT_EQ(Parsed({"--version"}).request->kind, Request::Kind::version);
}

TEST(CommandLine, FindsAManualPageByEitherSpelling) {
    EXPECT_EQ(Parsed({"man", "key", "generate"}).request->command->name, "key generate");
    EXPECT_EQ(Parsed({"man", "key-generate"}).request->command->name, "key generate");
    EXPECT_EQ(Parsed({"man", "vault", "retrieval-policy-set"}).request->command->name,
              "vault retrieval-policy set");
    EXPECT_EQ(Parsed({"man"}).request->command->name, "");
    EXPECT_EQ(Parsed({"man", "--list"}).request->kind, Request::Kind::verb_list);
    EXPECT_FALSE(Parsed({"man", "help"}).request);
    EXPECT_THAT(error_of({"man", "key", "generat"}), HasSubstr("did you mean \"key generate\"?"));
}

TEST(CommandLine, ListsEveryVerbOnce) {
    std::string expected;
    for (const auto& verb : make_verbs()) expected += dashed(verb->name()) + "\n";
    std::string lines = verb_list(CommandLine().commands());
    EXPECT_EQ(std::ranges::count(lines, '\n'), std::ranges::count(expected, '\n'));
    for (const auto& verb : make_verbs())
        EXPECT_THAT("\n" + lines, HasSubstr("\n" + dashed(verb->name()) + "\n"));
}

TEST(CommandLine, WantsACommand) {
    const Parsed nothing({});
    ASSERT_TRUE(nothing.request);
    EXPECT_EQ(nothing.request->kind, Request::Kind::no_command);
    const Parsed group({"vault", "lock"});
    ASSERT_TRUE(group.request);
    EXPECT_EQ(group.request->kind, Request::Kind::no_command);
    EXPECT_EQ(group.request->command->name, "vault lock");
}

TEST(CommandLine, TakesTheStoreBeforeTheCommand) {
    for (const std::vector<const char*>& arguments :
         {std::vector<const char*>{"--store", "dir:/x", "list", "vat/fs"},
          {"--store=dir:/x", "-q", "list", "vat/fs"},
          {"list", "vat/fs", "--store", "dir:/x"}}) {
        const Parsed parsed(arguments);
        ASSERT_TRUE(parsed.request) << parsed.error();
        EXPECT_EQ(parsed.request->verb->name(), "list");
        EXPECT_EQ(parsed.request->verb->common.store.url, "dir:/x");
    }
    const CommandLine line;
    const CommandInfo& commands = line.commands();
    EXPECT_EQ(
        with_options_last({"zglacier", "--store", "a", "--json", "key", "check", "b"}, commands),
        (std::vector<std::string>{"zglacier", "key", "check", "--store", "a", "--json", "b"}));
    EXPECT_EQ(with_options_last({"zglacier", "--store"}, commands),
              (std::vector<std::string>{"zglacier"}));
    EXPECT_EQ(with_options_last({}, commands), std::vector<std::string>{});
    EXPECT_EQ(error_of({"--store", "dir:/x", "vault", "list"}), "unknown option --store");
}

TEST(CommandLine, TakesOptionsThatAreNotGivenFromTheEnvironment) {
    ::setenv("ZGLACIER_STORE", "dir:/of-this-process", 1);
    EXPECT_EQ(error_of({"list"}), "missing option --store URL (or $ZGLACIER_STORE)");
    ::unsetenv("ZGLACIER_STORE");
    const Environment environment({{"ZGLACIER_STORE", "dir:/e"},
                                   {"ZGLACIER_STATE_DIR", "/state"},
                                   {"ZGLACIER_IDENTITY", "key"}});
    const Parsed parsed({"list"}, environment);
    ASSERT_TRUE(parsed.request) << parsed.error();
    const CommonOptions& from_environment = parsed.request->verb->common;
    EXPECT_EQ(from_environment.store.url, "dir:/e");
    EXPECT_EQ(from_environment.state_dir, "/state");
    EXPECT_EQ(from_environment.identities, std::vector<std::string>{"key"});
    const Parsed given(
        {"list", "--store", "dir:/g", "--identity", "one", "--identity", "two", "--state-dir=/g"},
        environment);
    ASSERT_TRUE(given.request) << given.error();
    EXPECT_EQ(given.request->verb->common.store.url, "dir:/g");
    EXPECT_EQ(given.request->verb->common.state_dir, "/g");
    EXPECT_EQ(given.request->verb->common.identities, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(Parsed({"backup"}, environment).error(), "missing argument DATASET");
    EXPECT_EQ(Parsed({"list", "--store"}, environment).error(),
              "missing value of option --store URL");
}

TEST(Wrap, BreaksAtSpaces) {
    EXPECT_EQ(wrapped("one two three", 2, 9), "one two\n  three");
    EXPECT_EQ(wrapped("a-word-that-is-longer than that", 0, 10),
              "a-word-that-is-longer\nthan that");
    EXPECT_EQ(wrapped("", 2, 9), "");
    EXPECT_EQ(columns_of("4MiB \u2026"), 6U);
}

/// The longest line, in columns, and how many lines there are.
std::pair<std::size_t, std::size_t> extent_of(std::string_view text) {
    std::pair<std::size_t, std::size_t> extent{0, 0};
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        extent.first = std::max(extent.first, columns_of(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++extent.second;
    }
    return extent;
}

TEST(Help, FitsTheScreen) {
    const CommandLine line;
    for (const CommandInfo* command : line.commands().leaves()) {
        const std::string common = help_text(*command, HelpDetail::common);
        const std::string all = help_text(*command, HelpDetail::all);
        EXPECT_LE(extent_of(common).first, 80U) << common;
        EXPECT_LE(extent_of(all).first, 80U) << all;
        EXPECT_THAT(common, HasSubstr("Usage: zglacier " + command->name));
        for (const char* noise : {"{", ":INT", "TEXT:", " in [", "REQUIRED"})
            EXPECT_THAT(all, Not(HasSubstr(noise)));
        const std::size_t most = command->name.starts_with("vault") ? 40 : 25;
        EXPECT_LE(extent_of(common).second, most) << common;
        for (const OptionInfo& option : command->options)
            EXPECT_THAT(all, HasSubstr(option.names.back()));
    }
    EXPECT_LE(extent_of(help_text(line.commands(), HelpDetail::common)).second, 24U);
    EXPECT_LE(extent_of(overview(line.commands())).second, 21U);
}

TEST(Help, KeepsWhatIsRareForHelpAll) {
    const CommandLine line;
    const CommandInfo& backup = *line.commands().find("backup");
    const std::string common = help_text(backup, HelpDetail::common);
    for (const char* option : {"--store URL", "--snapshot NAME", "--recipient", "--help-all"})
        EXPECT_THAT(common, HasSubstr(option));
    for (const char* option : {"--kms-key", "--no-embedded", "--part-size", "--topic"}) {
        EXPECT_THAT(common, Not(HasSubstr(option)));
        EXPECT_THAT(help_text(backup, HelpDetail::all), HasSubstr(option));
    }
}

}  // namespace
}  // namespace zg::cli
