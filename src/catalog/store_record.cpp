#include "catalog/store_record.hpp"

#include <algorithm>

#include "catalog/json_fields.hpp"
#include "catalog/record.hpp"

namespace zg::catalog {

namespace {

constexpr std::string_view store_format = "zglacier-store";

}  // namespace

std::string to_json(const StoreRecord& record) {
    nlohmann::ordered_json document = begin_record(store_format);
    document["id"] = record.id;
    document["created"] = rfc3339_utc(record.created);
    document["options"] = record.options;
    document["recipients"] = record.recipients;
    document["passphrase"] = record.passphrase;
    return record_text(document);
}

Result<StoreRecord> parse_store_record(Bytes text) {
    ZG_TRY(const nlohmann::json document, parse_record(text, store_format));
    JsonFields fields(document, "");
    StoreRecord record{.id = fields.text("id"),
                       .created = fields.time("created"),
                       .options = fields.texts("options"),
                       .recipients = fields.text_list("recipients"),
                       .passphrase = fields.boolean("passphrase")};
    ZG_CHECK(fields.status());
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (record.id.size() != 32 || !std::ranges::all_of(record.id, is_hex))
        return wrong_member("id", "expected 32 hexadecimal digits");
    return record;
}

}  // namespace zg::catalog
