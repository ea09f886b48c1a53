#include "catalog/record.hpp"

#include <fmt/format.h>

#include "catalog/json_fields.hpp"
#include "catalog/self_digest.hpp"

namespace zg::catalog {

using nlohmann::json;
using ordered = nlohmann::ordered_json;

namespace {

bool is_early_format(std::string_view format) {
    return format == "zglacier store" || format == "zglacier manifest";
}

}  // namespace

ordered begin_record(std::string_view format) {
    return {{"format", format}, {"version", format_version}};
}

std::string record_text(const ordered& record) {
    return with_self_digest(record.dump(1, ' ', false, json::error_handler_t::replace));
}

Error early_build_error(std::string where) {
    return {.kind = ErrorKind::unsupported,
            .what =
                "this store was made by a build of zglacier from before format 1, and cannot "
                "be read",
            .where = std::move(where),
            .hint =
                "create a new store in another place with `zglacier init`, and back up to it. "
                "This one is left unchanged; its segments are `zfs send` streams, which can "
                "still be restored by hand with age, zstd and zfs receive"};
}

std::unexpected<Error> wrong_member(std::string where, std::string what) {
    return fail({.kind = ErrorKind::damage, .what = std::move(what), .where = std::move(where)});
}

Result<json> parse_record(Bytes text, std::string_view format) {
    ZG_TRY(const bool has_digest, check_self_digest(text, "the record"));
    ZG_TRY(json document, parse_json(text, fmt::format("the {}", format)));
    JsonFields fields(document, "");
    const std::string name = fields.text("format");
    const std::uint64_t version = fields.number("version");
    ZG_CHECK(fields.status());
    if (is_early_format(name)) return fail(early_build_error(""));
    if (name != format)
        return wrong_member("format", fmt::format("expected '{}', found '{}'", format, name));
    if (!has_digest) return wrong_member("sha256", "the record does not end with its digest");
    if (version == 0) return wrong_member("version", "0 is not a version");
    if (version > format_version)
        return fail({.kind = ErrorKind::unsupported,
                     .what = fmt::format(
                         "version {} of this format is newer than this zglacier reads (up to {})",
                         version, format_version),
                     .hint = "install a newer zglacier"});
    return document;
}

}  // namespace zg::catalog
