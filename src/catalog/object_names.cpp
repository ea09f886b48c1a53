#include "catalog/object_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/archive_id.hpp"

namespace zg::catalog {

namespace {

constexpr std::string_view json_suffix = ".json";
constexpr std::string_view signature_suffix = ".sig";
constexpr std::string_view stream_suffix = ".zfs";
constexpr std::size_t digits = 6;

/// Removes `prefix` from the front of `text`; false if `text` does not begin with it.
bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

bool is_number(std::string_view text) {
    return text.size() >= digits &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "<archive id>.json" or "<archive id>.json.sig".
ObjectName parse_json_name(ObjectKind kind, std::string_view rest) {
    const bool is_signature = rest.ends_with(signature_suffix);
    if (is_signature) rest.remove_suffix(signature_suffix.size());
    if (!rest.ends_with(json_suffix)) return {};
    rest.remove_suffix(json_suffix.size());
    if (!is_archive_id(rest)) return {};
    return {is_signature ? ObjectKind::signature : kind, std::string(rest)};
}

/// "<archive id>.000001".
ObjectName parse_index_name(std::string_view rest) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos || !is_archive_id(rest.substr(0, dot))) return {};
    if (!is_number(rest.substr(dot + 1))) return {};
    return {ObjectKind::index, std::string(rest.substr(0, dot))};
}

bool is_segment_file(std::string_view file) {
    const std::string_view number = file.substr(0, file.find('.'));
    if (!is_number(number)) return false;
    file.remove_prefix(number.size());
    return take_prefix(file, stream_suffix) && (file.empty() || file.front() == '.');
}

/// "<archive id>/000001.zfs".
ObjectName parse_segment_name(std::string_view rest) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || !is_archive_id(rest.substr(0, slash))) return {};
    const std::string_view file = rest.substr(slash + 1);
    const ObjectKind kind = is_segment_file(file)     ? ObjectKind::segment
                            : file == "manifest.json" ? ObjectKind::early_manifest
                                                      : ObjectKind::unknown;
    return {kind, std::string(rest.substr(0, slash))};
}

}  // namespace

ObjectName parse_object_name(std::string_view name) {
    if (name == store_record_name) return {ObjectKind::record};
    std::string_view rest = name;
    if (take_prefix(rest, manifests_prefix)) return parse_json_name(ObjectKind::manifest, rest);
    if (take_prefix(rest, tombstones_prefix)) return parse_json_name(ObjectKind::tombstone, rest);
    if (take_prefix(rest, indexes_prefix)) return parse_index_name(rest);
    if (take_prefix(rest, segments_prefix)) return parse_segment_name(rest);
    if (take_prefix(rest, store_record_name) && rest == signature_suffix)
        return {ObjectKind::signature};
    return {};
}

std::string manifest_name(std::string_view archive_id) {
    return fmt::format("{}{}{}", manifests_prefix, archive_id, json_suffix);
}

std::string tombstone_name(std::string_view archive_id) {
    return fmt::format("{}{}{}", tombstones_prefix, archive_id, json_suffix);
}

std::string indexes_of(std::string_view archive_id) {
    return fmt::format("{}{}.", indexes_prefix, archive_id);
}

std::string segments_of(std::string_view archive_id) {
    return fmt::format("{}{}/", segments_prefix, archive_id);
}

std::string segment_name(std::string_view archive_id, std::string_view file_name) {
    return segments_of(archive_id) + std::string(file_name);
}

std::string segment_file_name(std::size_t number, std::string_view suffix) {
    return fmt::format("{:0{}}{}", number, digits, suffix);
}

std::string segment_suffix(const codec::Encodings& encodings) {
    return std::string(stream_suffix) + encodings.suffix();
}

}  // namespace zg::catalog
