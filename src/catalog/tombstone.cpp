#include "catalog/tombstone.hpp"

#include "catalog/archive_id.hpp"
#include "catalog/json_fields.hpp"
#include "catalog/record.hpp"

namespace zg::catalog {

namespace {

constexpr std::string_view tombstone_format = "zglacier-tombstone";

}  // namespace

std::string to_json(const Tombstone& tombstone) {
    nlohmann::ordered_json document = begin_record(tombstone_format);
    document["archive_id"] = tombstone.archive_id;
    document["removed"] = rfc3339_utc(tombstone.removed);
    document["rule"] = tombstone.rule;
    if (!tombstone.host.empty()) document["host"] = tombstone.host;
    return record_text(document);
}

Result<Tombstone> parse_tombstone(Bytes text) {
    if (text.size() > max_tombstone_size)
        return fail({.kind = ErrorKind::damage, .what = "the tombstone is larger than 64 KiB"});
    ZG_TRY(const nlohmann::json document, parse_record(text, tombstone_format));
    JsonFields fields(document, "");
    Tombstone tombstone{.archive_id = fields.text("archive_id"),
                        .removed = fields.time("removed"),
                        .rule = fields.text("rule")};
    if (document.contains("host")) tombstone.host = fields.text("host");
    ZG_CHECK(fields.status());
    if (!is_archive_id(tombstone.archive_id))
        return wrong_member("archive_id", "this is not an archive id");
    return tombstone;
}

}  // namespace zg::catalog
