// The commands and options of the program as plain values: what --help, the manual pages and
// messages about a wrong command line are made from.
#pragma once

#include <string>
#include <vector>

namespace zg::cli {

struct OptionInfo {
    /// "-n" and "--dry-run"; for an argument the name of its value, "DATASET"
    std::vector<std::string> names;
    bool is_argument = false;
    bool required = false;
    bool many = false;    ///< takes any number of values
    std::string value;    ///< name of its value ("URL"); empty for a flag
    std::string brief;    ///< what --help says
    std::string more;     ///< what --help-all and the manual page add; may be empty
    std::string initial;  ///< the default, as shown; may be empty
    std::string
        environment;  ///< the variable that is read if the option is not given; may be empty
    std::string heading;

    /// "-n, --dry-run", "--store URL", "DATASET..."
    [[nodiscard]] std::string spelling() const;
    /// `brief` and `more`.
    [[nodiscard]] std::string description() const;
};

/// The program, a group of commands, or a command.
struct CommandInfo {
    std::string name;  ///< "", "vault", "vault list"
    std::string brief;
    std::vector<std::string> aliases{};  ///< other names of the last word
    std::vector<OptionInfo> options{};
    std::vector<CommandInfo> commands{};  ///< of a group, in the order of --help

    [[nodiscard]] bool is_group() const { return !commands.empty(); }
    /// "list" of "vault list".
    [[nodiscard]] std::string last_word() const { return name.substr(name.rfind(' ') + 1); }
    /// "zglacier vault list".
    [[nodiscard]] std::string invocation() const {
        return name.empty() ? "zglacier" : "zglacier " + name;
    }
    /// The command of the group that `word` names, by its name or an alias; null if none.
    [[nodiscard]] const CommandInfo* find(const std::string& word) const;
    /// All commands that are not groups, in order.
    [[nodiscard]] std::vector<const CommandInfo*> leaves() const;
    /// The headings of its options, in the order of --help.
    [[nodiscard]] std::vector<std::string> headings() const;
    /// Its arguments as in the usage line: "SOURCE [TARGET]".
    [[nodiscard]] std::string arguments() const;
};

/// "vault-list": as in the name of a manual page.
std::string dashed(std::string name);

}  // namespace zg::cli
