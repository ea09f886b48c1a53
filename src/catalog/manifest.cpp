#include "catalog/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "catalog/archive_id.hpp"
#include "catalog/json_fields.hpp"

namespace zg::catalog {

using nlohmann::json;
using ordered = nlohmann::ordered_json;

namespace {

constexpr std::string_view manifest_format = "zglacier manifest";
constexpr std::string_view store_format = "zglacier store";
constexpr int usual_version = 2;
constexpr int adopting_version = 3;

ordered position_json(const ObjectPosition& position) {
    return {{"object", position.object}, {"offset", position.offset}};
}

ordered segment_json(const Segment& segment) {
    ordered json{{"name", segment.name},
            {"stored_size", segment.stored_size},
            {"stream_begin", segment.stream_begin},
            {"stream_end", segment.stream_end},
            {"first", position_json(segment.first)},
            {"last", position_json(segment.last)},
            {"fletcher4", fletcher4_text(segment.fletcher4)},
            {"part_size", segment.part_size}};
    if (segment.composite_sha256) json["composite_sha256"] = segment.composite_sha256->hex();
    if (segment.tree_hash) json["tree_hash"] = segment.tree_hash->hex();
    return json;
}

Result<ObjectPosition> parse_position(const json& object, const char* key, const std::string& where) {
    static const json nothing;
    const auto found = object.is_object() ? object.find(key) : object.end();
    JsonFields fields(found != object.end() ? *found : nothing, where + "." + key);
    const ObjectPosition position{fields.number("object"), fields.number("offset")};
    ZG_CHECK(fields.status());
    return position;
}

Result<Segment> parse_segment(const json& object, const std::string& where) {
    JsonFields fields(object, where);
    Segment segment{.name = fields.text("name"),
                    .stored_size = fields.number("stored_size"),
                    .stream_begin = fields.number("stream_begin"),
                    .stream_end = fields.number("stream_end"),
                    .first = {},
                    .last = {},
                    .fletcher4 = fields.fletcher4("fletcher4"),
                    .part_size = fields.number("part_size")};
    const bool has_tree_hash = object.is_object() && object.contains("tree_hash");
    if (has_tree_hash) segment.tree_hash = fields.sha256("tree_hash");
    if (!has_tree_hash || object.contains("composite_sha256")) segment.composite_sha256 = fields.sha256("composite_sha256");
    ZG_CHECK(fields.status());
    ZG_TRY(segment.first, parse_position(object, "first", where));
    ZG_TRY(segment.last, parse_position(object, "last", where));
    return segment;
}

std::unexpected<Error> disagrees(std::string where, std::string what) {
    return fail({.kind = ErrorKind::damage, .what = std::move(what), .where = std::move(where)});
}

Result<void> check_segment(const Segment& segment, std::size_t index, const std::string& suffix, std::uint64_t stream_at) {
    const std::string where = fmt::format("segments[{}]", index);
    if (segment.name != fmt::format("{:06}{}", index + 1, suffix))
        return disagrees(where, fmt::format("the segment's name is '{}', expected {:06}{}", segment.name, index + 1, suffix));
    if (segment.stream_begin != stream_at || segment.stream_end <= segment.stream_begin)
        return disagrees(where, "the segment's stream range does not follow the one before");
    if (segment.stored_size == 0 || segment.part_size == 0)
        return disagrees(where, "an empty segment or part is never stored");
    return {};
}

/// Its parts are joined to a tree hash.
Result<void> check_without_composite(const Manifest& manifest, const Segment& segment, const std::string& where) {
    constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
    if (!manifest.adopted || !segment.tree_hash) return disagrees(where, "there is no composite_sha256");
    if (segment.part_size < mib || segment.part_size > 32 * mib || !std::has_single_bit(segment.part_size)) return disagrees(where, "the tree hash has no such parts");
    return {};
}

Result<void> check_segments(const Manifest& manifest) {
    const std::string suffix = manifest.compression == "zstd" ? ".zfs.zst" : ".zfs";
    std::uint64_t stream_at = 0;
    std::uint64_t stored = 0;
    for (std::size_t i = 0; i < manifest.segments.size(); ++i) {
        const Segment& segment = manifest.segments[i];
        ZG_CHECK(check_segment(segment, i, suffix, stream_at));
        stream_at = segment.stream_end;
        if (!segment.composite_sha256) ZG_CHECK(check_without_composite(manifest, segment, fmt::format("segments[{}]", i)));
        if (__builtin_add_overflow(stored, segment.stored_size, &stored)) return disagrees("segments", "the sizes overflow");
    }
    if (manifest.segments.empty()) return disagrees("segments", "there is no segment");
    if (stream_at != manifest.stream_size) return disagrees("stream_size", "the segments do not cover the stream");
    if (stored != manifest.stored_size) return disagrees("stored_size", "the segments do not add up to it");
    return {};
}

Result<void> check_manifest(const Manifest& manifest) {
    if (!is_archive_id(manifest.archive_id)) return disagrees("archive_id", "this is no archive id");
    if (manifest.compression != "none" && manifest.compression != "zstd")
        return disagrees("compression", fmt::format("'{}' is no compression that this version knows", manifest.compression));
    if (manifest.encryption != "none")
        return disagrees("encryption", fmt::format("'{}' is no encryption that this version knows", manifest.encryption));
    if (manifest.to_guid == 0) return disagrees("to_guid", "a snapshot's guid is never 0");
    if (manifest.to_guid == manifest.from_guid) return disagrees("from_guid", "the archive would build on itself");
    return check_segments(manifest);
}

/// The document's format and version, which come before all else.
Result<void> check_format(JsonFields& fields, std::string_view format) {
    const std::string name = fields.text("format");
    const std::uint64_t version = fields.number("version");
    ZG_CHECK(fields.status());
    if (name != format) return disagrees("format", fmt::format("expected '{}', found '{}'", format, name));
    if (version == 0 || version > format_version)
        return fail({.kind = ErrorKind::unsupported,
                     .what = fmt::format("version {} of this format is newer than this zglacier reads (up to {})", version,
                                         format_version),
                     .hint = "install a newer zglacier"});
    return {};
}

}  // namespace

bool Manifest::large_blocks() const { return send_flags.find("-L") != std::string::npos; }

std::string Manifest::object_name(const Segment& segment) const {
    return fmt::format("archives/{}/{}", archive_id, segment.name);
}

std::string manifest_name(const std::string& archive_id) { return fmt::format("archives/{}/manifest.json", archive_id); }

std::string to_json(const Manifest& manifest) {
    ordered segments = ordered::array();
    for (const Segment& segment : manifest.segments) segments.push_back(segment_json(segment));
    ordered document = {{"format", manifest_format},
                        {"version", manifest.adopted ? adopting_version : usual_version},
                        {"archive_id", manifest.archive_id},
                        {"host", manifest.host},
                        {"dataset", manifest.dataset},
                        {"dataset_guid", std::to_string(manifest.dataset_guid)},
                        {"dataset_type", manifest.dataset_type},
                        {"snapshot", manifest.snapshot},
                        {"snapshot_time", rfc3339_utc(manifest.snapshot_time)},
                        {"to_guid", std::to_string(manifest.to_guid)},
                        {"from_guid", std::to_string(manifest.from_guid)},
                        {"send_flags", manifest.send_flags},
                        {"raw", manifest.raw},
                        {"compression", manifest.compression},
                        {"encryption", manifest.encryption},
                        {"features", manifest.features},
                        {"created", rfc3339_utc(manifest.created)},
                        {"program", manifest.program},
                        {"stream_size", manifest.stream_size},
                        {"stored_size", manifest.stored_size},
                        {"end_checksum", fletcher4_text(manifest.end_checksum)},
                        {"segments", std::move(segments)}};
    if (manifest.adopted) document["adopted"] = {{"archive", manifest.adopted->archive}, {"proved", manifest.adopted->proved}};
    return document.dump(1, ' ', false, ordered::error_handler_t::replace) + "\n";
}

Result<Manifest> parse_manifest(Bytes text) {
    ZG_TRY(const json document, parse_json(text, "the manifest"));
    JsonFields fields(document, "");
    ZG_CHECK(check_format(fields, manifest_format));
    Manifest manifest{.archive_id = fields.text("archive_id"),
                      .host = fields.text("host"),
                      .dataset = fields.text("dataset"),
                      .dataset_guid = fields.guid("dataset_guid"),
                      .dataset_type = fields.text("dataset_type"),
                      .snapshot = fields.text("snapshot"),
                      .snapshot_time = fields.time("snapshot_time"),
                      .to_guid = fields.guid("to_guid"),
                      .from_guid = fields.guid("from_guid"),
                      .send_flags = fields.text("send_flags"),
                      .raw = fields.boolean("raw"),
                      .compression = fields.text("compression"),
                      .encryption = fields.text("encryption"),
                      .features = fields.number("features"),
                      .created = fields.time("created"),
                      .program = fields.text("program"),
                      .stream_size = fields.number("stream_size"),
                      .stored_size = fields.number("stored_size"),
                      .end_checksum = fields.fletcher4("end_checksum"),
                      .segments = {}};
    const json& segments = fields.array("segments");
    ZG_CHECK(fields.status());
    for (const json& object : segments) {
        ZG_TRY(Segment segment, parse_segment(object, fmt::format("segments[{}]", manifest.segments.size())));
        manifest.segments.push_back(std::move(segment));
    }
    if (const auto adopted = document.find("adopted"); adopted != document.end()) {
        JsonFields adoption(*adopted, "adopted");
        manifest.adopted = Adoption{.archive = adoption.text("archive"), .proved = adoption.boolean("proved")};
        ZG_CHECK(adoption.status());
    }
    ZG_CHECK(check_manifest(manifest));
    return manifest;
}

std::string to_json(const StoreRecord& record) {
    const ordered document = {{"format", store_format},
                              {"version", usual_version},
                              {"id", record.id},
                              {"created", rfc3339_utc(record.created)},
                              {"options", record.options}};
    return document.dump(1) + "\n";
}

Result<StoreRecord> parse_store_record(Bytes text) {
    ZG_TRY(const json document, parse_json(text, "the store record"));
    JsonFields fields(document, "");
    ZG_CHECK(check_format(fields, store_format));
    StoreRecord record{.id = fields.text("id"), .created = fields.time("created")};
    if (document.contains("options")) record.options = fields.texts("options");
    ZG_CHECK(fields.status());
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (record.id.size() != 32 || !std::ranges::all_of(record.id, is_hex))
        return disagrees("id", "expected 32 hexadecimal digits");
    return record;
}

}  // namespace zg::catalog
