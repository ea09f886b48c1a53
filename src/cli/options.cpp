#include "cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace zg::cli {

namespace {

std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && read == end ? std::optional(number) : std::nullopt;
}

std::string number_check(const std::string& text) {
    return whole_number(text) ? std::string() : fmt::format("\"{}\" is not a whole number", text);
}

std::string count_check(const std::string& text) {
    return whole_number(text).value_or(-1) >= 0
               ? std::string()
               : fmt::format("\"{}\" is not a whole number of 0 or more", text);
}

}  // namespace

Option* Option::required() {
    option_->required();
    return this;
}

Option* Option::type_name(const std::string& name) {
    option_->type_name(name);
    return this;
}

Option* Option::capture_default_str() {
    option_->capture_default_str();
    return this;
}

Option* Option::default_str(const std::string& text) {
    option_->default_str(text);
    return this;
}

Option* Option::group(const std::string& heading) {
    option_->group(heading);
    return this;
}

Option* Option::envname(const std::string& name) {
    option_->envname(name);
    return this;
}

Option* Option::one_value() {
    option_->allow_extra_args(false);
    return this;
}

Option* Option::range(int least, int most) {
    option_->check([least, most](const std::string& text) {
        const auto number = whole_number(text);
        return number && *number >= least && *number <= most
                   ? std::string()
                   : fmt::format("\"{}\" is not a number from {} to {}", text, least, most);
    });
    return this;
}

Option* Option::one_of(std::initializer_list<std::string> words) {
    option_->check([words = std::vector<std::string>(words)](const std::string& text) {
        if (std::ranges::count(words, text) > 0) return std::string();
        std::string list;
        for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
        return fmt::format("\"{}\" is not one of {}", text, list);
    });
    return this;
}

Option* Option::excludes(const Option& other) {
    option_->excludes(other.option_);
    return this;
}

Option Options::added(CLI::Option* option) {
    // CLI11 takes any next argument as the value: in "--snapshot --full" the value is missing.
    if (!option->get_positional())
        option->check([app = app_](const std::string& text) {
            const bool is_option = text.starts_with("--") && app->get_option_no_throw(text.substr(
                                                                 0, text.find('='))) != nullptr;
            return is_option ? fmt::format("the value is missing before {}", text) : std::string();
        });
    option->type_name("VALUE");
    return Option(option);
}

Option Options::add_option(const std::string& name, std::string& into, const std::string& help) {
    return added(app_->add_option(name, into, help));
}
Option Options::add_option(const std::string& name, std::vector<std::string>& into,
                           const std::string& help) {
    return added(app_->add_option(name, into, help));
}
Option Options::add_option(const std::string& name, int& into, const std::string& help) {
    return added(app_->add_option(name, into, help)->check(number_check));
}
Option Options::add_option(const std::string& name, unsigned& into, const std::string& help) {
    return added(app_->add_option(name, into, help)->check(count_check));
}
Option Options::add_option(const std::string& name, std::uint64_t& into, const std::string& help) {
    return added(app_->add_option(name, into, help)->check(count_check));
}
Option Options::add_option(const std::string& name,
                           const std::function<void(const std::string&)>& take,
                           const std::string& help) {
    return added(app_->add_option_function<std::string>(name, take, help));
}

Option Options::add_flag(const std::string& name, bool& into, const std::string& help) {
    return Option(app_->add_flag(name, into, help));
}
Option Options::add_flag(const std::string& name, std::function<void(std::int64_t)> take,
                         const std::string& help) {
    return Option(app_->add_flag_function(name, std::move(take), help));
}
Option Options::add_flag(const std::string& name, std::function<void()> take,
                         const std::string& help) {
    return Option(app_->add_flag_callback(name, std::move(take), help));
}

}  // namespace zg::cli
