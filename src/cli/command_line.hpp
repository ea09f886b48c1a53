// The command line: finds the verb that the arguments name, or explains what is wrong with them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/environment.hpp"
#include "base/result.hpp"
#include "cli/command_info.hpp"
#include "cli/vault/old_options.hpp"
#include "cli/verb.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace zg::cli {

/// What the arguments request.
struct Request {
    enum class Kind {
        run,       ///< `verb`, with its options set
        help,      ///< on `command`
        help_all,  ///< on `command`, with rarely needed options
        version,
        manual,      ///< the page of `command`
        verb_list,   ///< the names of all verbs, as manual pages have them
        no_command,  ///< `command` is a group, and none of its commands was named
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

    /// Parses the arguments; once. An option that is not given takes its value from its variable in
    /// `environment`. usage, with a hint, if the arguments are wrong; the error quotes no argument
    /// if one may contain a secret.
    Result<Request> parse(int argc, const char* const* argv, const Environment& environment);

    /// The program with all its commands.
    [[nodiscard]] const CommandInfo& commands() const { return commands_; }
    /// The options given before a vault verb.
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

/// Moves common options, such as --store, from before the command to after it:
/// "--store URL list" becomes "list --store URL". The first argument is the program.
std::vector<std::string> with_options_last(std::vector<std::string> arguments,
                                           const CommandInfo& commands);

}  // namespace zg::cli
