// The input of a vault verb, and how it prints its result.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/vault/options.hpp"
#include "cli/verb.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"
#include "vault_tools/service.hpp"

namespace zg::cli {

/// Rows under column names.
struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows{};
};

/// One call of a vault verb. References outlive it.
struct VaultCall {
    const Given& given;
    const vault_tools::GlacierCmdConf& conf;  ///< of glacier-cmd
    const CommonOptions& common;
    vault_tools::VaultService service;

    /// Prints a table as text, as CSV with --output csv, or `json` with --json.
    void print(const Table& table, const Json& json) const;
    /// Prints `text`, or `json` with the same options; its keys are the columns of the CSV.
    void print(const Json& json, const std::string& text) const;
    /// True if CSV is printed.
    [[nodiscard]] bool csv() const { return given.output == "csv" && !common.json; }
};

/// A time, or null.
Json json_of(const std::optional<TimePoint>& time);

}  // namespace zg::cli
