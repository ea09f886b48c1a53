// Environment variables. main() reads those of the process and passes them to everything else.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zg {

/// Environment variables by name. An empty variable counts as not set. libcurl itself reads the
/// proxy variables of the process.
class Environment {
  public:
    using Variables = std::map<std::string, std::string, std::less<>>;

    Environment() = default;
    explicit Environment(Variables variables) : variables_(std::move(variables)) {}
    /// The process's own variables. If HOME is not set, it is taken from the user database.
    static Environment of_process();

    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
    /// All variables as "NAME=value", for a child process.
    [[nodiscard]] std::vector<std::string> entries() const;

  private:
    Variables variables_;
};

}  // namespace zg
