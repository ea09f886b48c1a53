#include "vault_tools/internal/rules.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "vault_tools/tags.hpp"

namespace zg::vault_tools {

namespace {

constexpr std::size_t longest_policy = std::size_t{20} << 10U;
constexpr const char* policy_hint =
    "a policy is a JSON object with \"Version\" and \"Statement\"; see the S3 Glacier Developer "
    "Guide";

std::unexpected<Error> invalid_policy(std::string cause) {
    return fail({.kind = ErrorKind::usage,
                 .what = "this is not a policy",
                 .cause = std::move(cause),
                 .hint = policy_hint});
}

}  // namespace

Result<std::string> read_policy(Source& source) {
    Buffer bytes(longest_policy + 1);
    ZG_TRY(const std::size_t got, read_full(source, bytes));
    if (got > longest_policy) return invalid_policy("it is longer than 20 KiB");
    std::string text(as_text(Bytes(bytes).first(got)));
    nlohmann::json json;
    try {
        json = nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        return invalid_policy(fmt::format("it is not valid JSON at byte {}", error.byte));
    }
    if (!json.is_object()) return invalid_policy("it is JSON, but not an object");
    if (!json.contains("Statement")) return invalid_policy("it has no Statement");
    return text;
}

Result<Tags> parse_tags(const std::vector<std::string>& texts) {
    Tags tags;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail({.kind = ErrorKind::usage,
                         .what = fmt::format("invalid tag \"{}\"", text),
                         .hint = "write NAME=VALUE; only `zglacier vault tags remove` takes names "
                                 "without values"});
        tags[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return tags;
}

Result<RetrievalLimit> parse_retrieval_limit(const std::string& text) {
    if (text == "free-tier") return RetrievalLimit{.strategy = "FreeTier"};
    if (text == "none") return RetrievalLimit{.strategy = "None"};
    const auto bytes = parse_size(text);
    if (!bytes || *bytes == 0)
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("invalid limit \"{}\"", text),
                     .hint = "write free-tier, none, or the bytes that may be retrieved per hour, "
                             "such as 1GiB"});
    return RetrievalLimit{.strategy = "BytesPerHour", .bytes_per_hour = *bytes};
}

}  // namespace zg::vault_tools
