#include "zfs/zfs.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace zg::zfs {

namespace {}  // namespace

const Snapshot* find_by_guid(const std::vector<Snapshot>& all, std::uint64_t guid) {
    const auto found = std::ranges::find(all, guid, &Snapshot::guid);
    return found == all.end() ? nullptr : &*found;
}

std::string SendSpec::flags() const {
    std::string text;
    for (const auto& [set, flag] :
         {std::pair{properties, "-p"}, std::pair{large_blocks, "-L"}, std::pair{embedded, "-e"},
          std::pair{compressed, "-c"}, std::pair{raw, "-w"}}) {
        if (!set) continue;
        if (!text.empty()) text += ' ';
        text += flag;
    }
    return text;
}

Result<std::optional<Dataset>> Zfs::find(const std::string& dataset,
                                         const std::string& mark_property) const {
    auto found = inspect(dataset, mark_property);
    if (found) return std::optional<Dataset>(std::move(*found));
    if (found.error().kind == ErrorKind::not_found) return std::optional<Dataset>{};
    return fail(std::move(found.error()));
}

Refusal refusal_of(const Error& error) {
    if (error.cause.contains("dataset is busy")) return Refusal::busy;
    if (error.cause.contains("has been modified")) return Refusal::target_modified;
    if (error.cause.contains("must specify -F")) return Refusal::target_exists;
    return Refusal::other;
}

bool exclusion_is_forgotten(std::string_view property) {
    constexpr std::array<std::string_view, 9> not_inherited{
        "canmount",         "quota",          "refquota",
        "reservation",      "refreservation", "volsize",
        "filesystem_limit", "snapshot_limit", "volthreading"};
    return std::ranges::find(not_inherited, property) != not_inherited.end();
}

namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.: ").contains(c);
}

}  // namespace

Result<void> check_snapshot_name(std::string_view name) {
    if (!name.empty() && name.size() <= 200 && std::ranges::all_of(name, is_name_character))
        return {};
    return fail({.kind = ErrorKind::usage,
                 .what = "invalid snapshot name",
                 .where = std::string(name),
                 .hint = "a snapshot name consists of letters, digits and _ - . :"});
}

Result<void> check_dataset_name(std::string_view name) {
    const bool sound =
        !name.empty() && name.size() <= 255 && name.front() != '-' && name.front() != '/' &&
        name.back() != '/' && !name.contains("//") &&
        std::ranges::all_of(name, [](char c) { return c == '/' || is_name_character(c); });
    if (sound) return {};
    return fail({.kind = ErrorKind::usage,
                 .what = "invalid dataset name",
                 .where = std::string(name),
                 .hint = "write pool/path, as `zfs list` shows it"});
}

}  // namespace zg::zfs
