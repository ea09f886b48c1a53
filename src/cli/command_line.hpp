// The command line: from arguments to the verb they name, or to what is wrong with them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/command_info.hpp"
#include "cli/vault/old_options.hpp"
#include "cli/verb.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace zg::cli {

/// What somebody wants.
struct Request {
    enum class Kind {
        run,       ///< `verb`, which has taken its options
        help,      ///< on `command`
        help_all,  ///< on `command`, with options that are rarely needed
        version,
        manual,      ///< the page of `command`
        verb_list,   ///< the names of all verbs, as manual pages have them
        no_command,  ///< nothing: `command` is a group, and none of its commands was named
    };
    Kind kind = Kind::run;
    Verb* verb = nullptr;
    const CommandInfo* command = nullptr;
};

/// All verbs with their options, and the commands help, man and version.
class CommandLine {
  public:
    CommandLine();
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    /// Reads the arguments; once. usage, with a hint, if they are wrong: nothing of an argument is
    /// quoted if a secret may be in one.
    Result<Request> parse(int argc, const char* const* argv);

    /// The program with all its commands.
    [[nodiscard]] const CommandInfo& commands() const { return commands_; }
    /// What was given before a vault verb.
    [[nodiscard]] const OldOptions& old_options() const { return old_options_; }

  private:
    void add(Verb& verb);
    CLI::App& group_of(CLI::App& parent, const std::string& name);
    void add_helpers();
    /// The verb whose manual page `words` name, "key generate" or "key-generate"; null if none.
    [[nodiscard]] const CommandInfo* with_page(const std::vector<std::string>& words) const;
    [[nodiscard]] Verb* verb_of(const std::string& name) const;
    [[nodiscard]] Result<Request> request() const;
    [[nodiscard]] Result<Request> explain(const CLI::ParseError& error) const;
    [[nodiscard]] Result<const CommandInfo*> named(const std::vector<std::string>& words) const;

    std::vector<std::unique_ptr<Verb>> verbs_;
    OldOptions old_options_;
    std::vector<std::string> help_words_;
    std::vector<std::string> manual_words_;
    bool verb_list_ = false;
    std::unique_ptr<CLI::App> app_;
    CommandInfo commands_;
};

/// Puts options that every verb has, such as --store, and that come before the command, after it:
/// "--store URL list" becomes "list --store URL". The first argument is the program.
std::vector<std::string> with_options_last(std::vector<std::string> arguments,
                                           const CommandInfo& commands);

}  // namespace zg::cli
