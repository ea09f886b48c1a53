#include "cli/options.hpp"

#include <CLI/CLI.hpp>

namespace zg::cli {

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
    option_->check(CLI::Range(least, most));
    return this;
}

Option* Option::one_of(std::initializer_list<std::string> words) {
    option_->check(CLI::IsMember(std::vector<std::string>(words)));
    return this;
}

Option* Option::excludes(const Option& other) {
    option_->excludes(other.option_);
    return this;
}

Option Options::add_option(const std::string& name, std::string& into, const std::string& help) {
    return Option(app_->add_option(name, into, help));
}
Option Options::add_option(const std::string& name, std::vector<std::string>& into,
                           const std::string& help) {
    return Option(app_->add_option(name, into, help));
}
Option Options::add_option(const std::string& name, int& into, const std::string& help) {
    return Option(app_->add_option(name, into, help));
}
Option Options::add_option(const std::string& name, unsigned& into, const std::string& help) {
    return Option(app_->add_option(name, into, help));
}
Option Options::add_option(const std::string& name, std::uint64_t& into, const std::string& help) {
    return Option(app_->add_option(name, into, help));
}

Option Options::add_option(const std::string& name, std::function<void(const std::string&)> take,
                           const std::string& help) {
    return Option(app_->add_option_function<std::string>(name, std::move(take), help));
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
