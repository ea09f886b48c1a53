#include "catalog/segment_json.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "base/result.hpp"
#include "catalog/json_fields.hpp"
#include "catalog/manifest.hpp"
#include "codec/base64.hpp"

namespace zg::catalog {

using nlohmann::json;
using ordered = nlohmann::ordered_json;

namespace {

ordered position_json(const ObjectPosition& position) {
    return {{"object", position.object}, {"offset", position.offset}};
}

Result<ObjectPosition> parse_position(const json& object, const char* key,
                                      const std::string& where) {
    static const json nothing;
    const auto found = object.is_object() ? object.find(key) : object.end();
    JsonFields fields(found != object.end() ? *found : nothing, where + "." + key);
    const ObjectPosition position{fields.number("object"), fields.number("offset")};
    ZG_CHECK(fields.status());
    return position;
}

}  // namespace

ordered stored_json(const Segment& segment) {
    ordered written{{"name", segment.name},
                    {"stored_size", segment.stored_size},
                    {"stream_begin", segment.stream_begin},
                    {"stream_end", segment.stream_end},
                    {"part_size", segment.part_size}};
    if (segment.composite_sha256) written["composite_sha256"] = segment.composite_sha256->hex();
    if (segment.tree_hash) written["tree_hash"] = segment.tree_hash->hex();
    return written;
}

ordered content_json(const Segment& segment) {
    ordered written{{"first", position_json(segment.first)},
                    {"last", position_json(segment.last)},
                    {"fletcher4", segment.fletcher4.text()}};
    if (!segment.object_range.empty())
        written["object_range"] = codec::base64(segment.object_range);
    return written;
}

Result<Segment> parse_stored(const json& object, const std::string& where) {
    JsonFields fields(object, where);
    Segment segment{.name = fields.text("name"),
                    .stored_size = fields.number("stored_size"),
                    .stream_begin = fields.number("stream_begin"),
                    .stream_end = fields.number("stream_end"),
                    .first = {},
                    .last = {},
                    .fletcher4 = {},
                    .part_size = fields.number("part_size")};
    const bool has_tree_hash = object.is_object() && object.contains("tree_hash");
    if (has_tree_hash) segment.tree_hash = fields.sha256("tree_hash");
    if (!has_tree_hash || object.contains("composite_sha256"))
        segment.composite_sha256 = fields.sha256("composite_sha256");
    ZG_CHECK(fields.status());
    return segment;
}

Result<void> parse_content(const json& object, const std::string& where, Segment& segment) {
    JsonFields fields(object, where);
    segment.fletcher4 = fields.fletcher4("fletcher4");
    if (object.is_object() && object.contains("object_range"))
        segment.object_range = fields.bytes("object_range");
    ZG_CHECK(fields.status());
    ZG_TRY(segment.first, parse_position(object, "first", where));
    ZG_TRY(segment.last, parse_position(object, "last", where));
    return {};
}

}  // namespace zg::catalog
