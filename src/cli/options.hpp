// How a verb declares its options. CLI11 takes seconds to compile: only options.cpp and
// command_line.cpp include it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace zg::cli {

/// Headings of options. --help shows only options under the common ones; --help-all and the manual
/// page also show those under other headings.
namespace heading {
inline constexpr const char* options = "Options";  ///< if no other is given
inline constexpr const char* store = "Store";
inline constexpr const char* keys = "Keys";
inline constexpr const char* cost = "Cost and time";
/// The headings in --help, in this order.
inline constexpr std::array<std::string_view, 4> common{options, store, keys, cost};
inline constexpr const char* selection = "Selection";
inline constexpr const char* stream = "Stream and properties";
inline constexpr const char* thaw = "Planning a thaw";
inline constexpr const char* tuning = "Performance and limits";
inline constexpr const char* general = "General";  ///< of all commands
}  // namespace heading

/// Handle of an added option: can be copied, valid as long as the command line.
class Option {
  public:
    explicit Option(CLI::Option* option) : option_(option) {}
    /// Lets calls be chained: app.add_option(…)->required()->type_name("N").
    Option* operator->() { return this; }

    /// The option must be given.
    Option* required();
    /// What --help calls its value ("URL").
    Option* type_name(const std::string& name);
    /// --help shows the variable's value as the default.
    Option* capture_default_str();
    /// --help shows `text` as the default.
    Option* default_str(const std::string& text);
    /// --help lists it under this heading (see above).
    Option* group(const std::string& heading);
    /// The environment variable that is read if the option is not given.
    Option* envname(const std::string& name);
    /// Takes only one value each time it is given, so that arguments may follow.
    Option* one_value();
    /// Only numbers from `least` to `most` are accepted.
    Option* range(int least, int most);
    /// Only these words are accepted.
    Option* one_of(std::initializer_list<std::string> words);
    /// It cannot be given together with `other`.
    Option* excludes(const Option& other);

  private:
    CLI::Option* option_;
};

/// The options of one verb, or of a group of verbs. A name is "--long", "-s,--long", or "word" for
/// an argument. The first line of `help` is what --help says; a second one is added by --help-all
/// and the manual page. Bound variables must outlive the parsing.
class Options {
  public:
    explicit Options(CLI::App& app) : app_(&app) {}

    Option add_option(const std::string& name, std::string& into, const std::string& help);
    Option add_option(const std::string& name, std::vector<std::string>& into,
                      const std::string& help);
    Option add_option(const std::string& name, int& into, const std::string& help);
    Option add_option(const std::string& name, unsigned& into, const std::string& help);
    Option add_option(const std::string& name, std::uint64_t& into, const std::string& help);
    /// `take` is called with the value.
    Option add_option(const std::string& name, const std::function<void(const std::string&)>& take,
                      const std::string& help);
    Option add_flag(const std::string& name, bool& into, const std::string& help);
    /// `take` is called with the number of times it was given minus the number of times it was
    /// negated: "--props,!--no-props" has a negation.
    Option add_flag(const std::string& name, std::function<void(std::int64_t)> take,
                    const std::string& help);
    /// `take` is called if the flag is given.
    Option add_flag(const std::string& name, std::function<void()> take, const std::string& help);

  private:
    Option added(CLI::Option* option);

    CLI::App* app_;
};

}  // namespace zg::cli
