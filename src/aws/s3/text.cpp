// S3's formats of values.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

#include "aws/auth/sigv4.hpp"
#include "aws/s3/calls.hpp"
#include "aws/s3/client.hpp"
#include "aws/s3/error.hpp"
#include "aws/s3/s3.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/base64.hpp"
#include "codec/hex.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

std::string base64(const codec::Sha256Digest& digest) { return codec::base64(digest.bytes); }

std::optional<ChecksumValue> parse_checksum(std::string_view text) {
    constexpr std::size_t encoded_size = 44;
    const auto decoded = codec::from_base64(text.substr(0, encoded_size));
    ChecksumValue value;
    if (!decoded || decoded->size() != value.digest.bytes.size()) return std::nullopt;
    std::ranges::copy(*decoded, value.digest.bytes.begin());
    text.remove_prefix(encoded_size);
    if (text.empty()) return value;
    if (text.front() != '-') return std::nullopt;
    value.parts = static_cast<std::uint32_t>(number_of(text.substr(1)));
    return value.parts > 0 ? std::optional(value) : std::nullopt;
}

std::string to_text(const pugi::xml_document& document) {
    std::ostringstream out;
    document.save(out, "", pugi::format_raw);
    return out.str();
}

std::string url_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = text[i] == '%' ? codec::unhex(text.substr(i + 1, 2)) : std::nullopt;
        if (byte && byte->size() == 1) {
            decoded += as_text(*byte);
            i += 2;
        } else {
            decoded += text[i] == '+' ? ' ' : text[i];
        }
    }
    return decoded;
}

std::string listed_key(const pugi::xml_node& result, std::string_view prefix,
                       std::string_view text) {
    const bool said = std::string_view(result.child_value("EncodingType")) == "url";
    if (!said && text.starts_with(prefix)) return std::string(text);
    return url_decoded(text);
}

std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && rest == text.data() + text.size() ? number : 0;
}

net::Headers settings_headers(const ObjectSettings& settings) {
    net::Headers headers;
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) headers.push_back({name, value});
    };
    add("x-amz-storage-class", settings.storage_class);
    add("x-amz-server-side-encryption", settings.sse);
    add("x-amz-server-side-encryption-aws-kms-key-id", settings.kms_key_id);
    add("x-amz-object-lock-mode", settings.lock_mode);
    if (settings.retain_until)
        add("x-amz-object-lock-retain-until-date", rfc3339_utc(*settings.retain_until));
    add("x-amz-tagging", canonical_query(settings.tags));
    add("x-amz-meta-description", settings.description);
    return headers;
}

Result<pugi::xml_document> S3Calls::call_xml(const Call& call) {
    return client_.call(call,
                        [&](const net::Response& response) { return read_xml(call, response); });
}

Result<pugi::xml_document> S3Calls::read_xml(const Call& call,
                                             const net::Response& response) const {
    pugi::xml_document document;
    const bool readable = document.load_buffer(response.body.data(), response.body.size());
    const std::string_view root = document.document_element().name();
    if (root == "Error")
        return fail(error_of(read_failure(response), call.action, client_.where(call.key)));
    // A proxy's page must not be mistaken for an empty list.
    if (!readable || root == "html" || root == "HTML")
        return fail({.kind = ErrorKind::unavailable,
                     .what = "the server's answer is not S3's",
                     .where = client_.where(call.key),
                     .hint = "check that this is the endpoint of an S3 server"});
    return document;
}

}  // namespace zg::aws
