#include "base/environment.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstddef>

namespace zg {

namespace {

/// Services started by systemd have no HOME unless their unit names a user.
std::string home_of_user() {
    std::vector<char> space(std::size_t{16} << 10U);
    struct passwd entry{};
    struct passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, space.data(), space.size(), &found) != 0 ||
        found == nullptr || found->pw_dir == nullptr)
        return {};
    return found->pw_dir;
}

}  // namespace

Environment Environment::of_process() {
    Variables variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t separator = text.find('=');
        // If a name occurs twice, getenv() returns the first.
        if (separator != std::string_view::npos)
            variables.emplace(text.substr(0, separator), text.substr(separator + 1));
    }
    Environment environment(std::move(variables));
    if (const std::string home = home_of_user(); !environment.get("HOME") && !home.empty())
        environment.variables_["HOME"] = home;
    return environment;
}

std::optional<std::string> Environment::get(std::string_view name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::vector<std::string> Environment::entries() const {
    std::vector<std::string> entries;
    for (const auto& [name, value] : variables_) entries.push_back(name + '=' + value);
    return entries;
}

}  // namespace zg
