#include "aws/auth/credential_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "aws/auth/credentials_text.hpp"
#include "base/result.hpp"
#include "base/subprocess.hpp"

namespace zg::aws {

namespace {

constexpr std::string_view blank = " \t\r\n";

/// Moves one character, or one escaped by a backslash, from the front of `rest` to `word`. Within
/// double quotes, a backslash escapes only a quote and itself.
void take_character(std::string_view& rest, std::string& word, bool quoted) {
    const bool escape =
        rest.front() == '\\' && rest.size() > 1 && (!quoted || rest[1] == '"' || rest[1] == '\\');
    if (escape) rest.remove_prefix(1);
    word += rest.front();
    rest.remove_prefix(1);
}

/// Takes the text up to the closing quote; false if there is none.
bool take_quoted(std::string_view& rest, std::string& word) {
    const char quote = rest.front();
    rest.remove_prefix(1);
    while (!rest.empty() && rest.front() != quote) {
        if (quote == '"') {
            take_character(rest, word, true);
        } else {
            word += rest.front();
            rest.remove_prefix(1);
        }
    }
    if (rest.empty()) return false;
    rest.remove_prefix(1);
    return true;
}

class ProcessSource final : public CredentialSource {
  public:
    ProcessSource(const Environment& environment, std::string command, std::string name)
        : environment_(environment), command_(std::move(command)), name_(std::move(name)) {}

    Result<Credentials> fetch() override {
        const auto argv = split_command(command_);
        if (!argv || argv->empty())
            return wrong("credential_process cannot be split into words", "close every quote");
        auto output = run(environment_, *argv);
        if (!output) return fail(start_error(std::move(output).error()));
        if (output->code != 0) return fail(exit_error(*output));
        const auto members = json_members(output->out);
        if (!members) return wrong("credential_process did not print a JSON object", by_hand);
        const auto version = members->find("Version");
        if (version == members->end() || version->second != "1")
            return wrong("credential_process did not print \"Version\": 1", by_hand);
        return credentials_of(*members, "SessionToken", name_);
    }
    [[nodiscard]] std::string name() const override { return name_; }

  private:
    static constexpr const char* by_hand =
        "run the command by hand, as the same user: it must print credentials as JSON, and nothing "
        "else";

    [[nodiscard]] std::unexpected<Error> wrong(std::string what, std::string hint) const {
        return fail({.kind = ErrorKind::usage,
                     .what = std::move(what),
                     .where = name_,
                     .hint = std::move(hint)});
    }
    /// The error does not show the command: an argument may be a password.
    [[nodiscard]] Error start_error(Error error) const {
        if (error.kind == ErrorKind::not_found || error.kind == ErrorKind::refused)
            error.kind = ErrorKind::usage;
        return with_hint({.kind = error.kind,
                          .what = "cannot run credential_process",
                          .where = name_,
                          .cause = error.cause.empty() ? error.what : error.cause},
                         "give the program's full path: cron's PATH is short");
    }
    [[nodiscard]] Error exit_error(const Output& output) const {
        return {.kind = ErrorKind::refused,
                .what = fmt::format("credential_process ended with exit code {}", output.code),
                .where = name_,
                .cause = safe_text(output.error_text, {}),
                .hint = "run the command by hand, as the same user; its login may have expired"};
    }

    const Environment& environment_;
    std::string command_;
    std::string name_;
};

}  // namespace

std::optional<std::vector<std::string>> split_command(std::string_view command) {
    std::vector<std::string> words;
    for (;;) {
        command.remove_prefix(std::min(command.size(), command.find_first_not_of(blank)));
        if (command.empty()) return words;
        std::string word;
        while (!command.empty() && blank.find(command.front()) == std::string_view::npos) {
            if (command.front() != '"' && command.front() != '\'')
                take_character(command, word, false);
            else if (!take_quoted(command, word))
                return std::nullopt;
        }
        words.push_back(std::move(word));
    }
}

std::unique_ptr<CredentialSource> process_source(const Environment& environment,
                                                 std::string command, std::string name) {
    return std::make_unique<ProcessSource>(environment, std::move(command), std::move(name));
}

}  // namespace zg::aws
