#include "cli/vault/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

std::string csv_field(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string csv_text(const Table& table) {
    std::string text;
    const auto line = [&](const std::vector<std::string>& fields) {
        for (std::size_t i = 0; i < fields.size(); ++i)
            text += (i > 0 ? "," : "") + csv_field(fields[i]);
        text += "\n";
    };
    line(table.columns);
    for (const auto& row : table.rows) line(row);
    return text;
}

std::string plain_text(const Table& table) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        widths.push_back(table.columns[i].size());
        for (const auto& row : table.rows) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    const auto line = [&](const std::vector<std::string>& fields) {
        std::string one;
        for (std::size_t i = 0; i < fields.size(); ++i)
            one += fmt::format("{}{:{}}", i > 0 ? "  " : "", fields[i],
                               i + 1 < fields.size() ? widths[i] : 0);
        text += one + "\n";
    };
    line(table.columns);
    for (const auto& row : table.rows) line(row);
    return text;
}

}  // namespace

void VaultCall::print(const Table& table, const Json& json) const {
    if (common.json || given.output == "json") {
        CommonOptions as_json = common;
        as_json.json = true;
        print_result(as_json, json, "");
    } else {
        fmt::print("{}", csv() ? csv_text(table) : plain_text(table));
    }
}

void VaultCall::print(const Json& json, const std::string& text) const {
    if (!common.json && given.output != "json" && given.output != "csv") {
        fmt::print("{}", text);
        return;
    }
    Table table{.columns = {}, .rows = {{}}};
    for (const auto& [key, value] : json.items()) {
        table.columns.push_back(key);
        table.rows.front().push_back(value.is_string() ? value.get<std::string>() : value.dump());
    }
    print(table, json);
}

Json json_of(const std::optional<TimePoint>& time) {
    return time ? Json(rfc3339_utc(*time)) : Json(nullptr);
}

}  // namespace zg::cli
