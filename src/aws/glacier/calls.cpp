#include "aws/glacier/calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <expected>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "aws/auth/sigv4.hpp"
#include "aws/glacier/error.hpp"
#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

std::unexpected<Error> unreadable(const std::string& where) {
    return fail({.kind = ErrorKind::unavailable,
                 .what = "the service's answer cannot be read",
                 .where = where,
                 .hint = "is the endpoint that of the Glacier service?"});
}

}  // namespace

GlacierCalls::GlacierCalls(GlacierConfig config, const ClientContext& context)
    : config_(std::move(config)),
      http_("glacier", context, read_glacier_failure),
      endpoint_(parse_endpoint(config_.endpoint.empty() ? amazon_endpoint("glacier", config_.region)
                                                        : config_.endpoint)) {}

Result<net::Response> GlacierCalls::call_once(const GlacierCall& call) {
    SignedHttp::Request request{.method = call.method,
                                .endpoint = endpoint_,
                                .region = config_.region,
                                .path = "/" + uri_encode(config_.account) + call.path,
                                .query = call.query,
                                .headers = call.headers,
                                .body = call.body,
                                .sha256 = call.sha256,
                                .into = call.into,
                                .also = call.also};
    request.headers.push_back({"x-amz-glacier-version", "2012-06-01"});
    ZG_TRY(SignedHttp::Answer answer, http_.send(request));
    if (answer.failure) return fail(glacier_error(*answer.failure, call.action, call.where));
    return std::move(answer.response);
}

Result<nlohmann::json> GlacierCalls::call_json(const GlacierCall& request) {
    return call(request, [&](const net::Response& response) -> Result<nlohmann::json> {
        auto json = nlohmann::json::parse(as_text(response.body), nullptr, false);
        if (!json.is_object()) return unreadable(request.where);
        return json;
    });
}

Result<net::Response> GlacierCalls::send_json(GlacierCall request, const nlohmann::json& body) {
    const std::string text = to_text(body);
    request.body = as_bytes(text);
    request.headers.push_back({"Content-Type", "application/json"});
    return call(request);
}

Result<std::vector<nlohmann::json>> GlacierCalls::list_pages(GlacierCall request,
                                                             const char* member) {
    std::vector<nlohmann::json> entries;
    std::string marker;
    const Query query = request.query;
    for (;;) {
        request.query = query;
        if (!marker.empty()) request.query.emplace_back("marker", marker);
        ZG_TRY(nlohmann::json page, call_json(request));
        const auto list = page.find(member);
        if (list == page.end() || !list->is_array()) return unreadable(request.where);
        for (nlohmann::json& entry : *list) {
            if (!entry.is_object()) return unreadable(request.where);
            entries.push_back(std::move(entry));
        }
        const std::string next = text_of(page, "Marker");
        if (next.empty()) return entries;
        if (next == marker)
            return fail({.kind = ErrorKind::unavailable,
                         .what = "the service's listing does not end",
                         .where = request.where});
        marker = next;
    }
}

GlacierCall on(const std::string& vault, const char* method, const char* action,
               const std::string& below) {
    return {.method = method,
            .action = action,
            .path = "/vaults/" + uri_encode(vault) + below,
            .where = "vault " + vault};
}

Result<void> done(Result<net::Response> response) {
    if (!response) return fail(std::move(response.error()));
    return {};
}

std::string to_text(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string text_of(const nlohmann::json& object, const char* member) {
    const auto found = object.find(member);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number_of(const nlohmann::json& object, const char* member) {
    const auto found = object.find(member);
    return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::optional<TimePoint> time_of(const nlohmann::json& object, const char* member) {
    return parse_iso_time(text_of(object, member));
}

std::optional<codec::Sha256Digest> digest_of(const nlohmann::json& object, const char* member) {
    return codec::Sha256Digest::from_hex(text_of(object, member));
}

std::optional<ByteRange> parse_range(const std::string& text) {
    ByteRange range;
    const char* end = text.data() + text.size();
    const auto [dash, first] = std::from_chars(text.data(), end, range.first);
    if (first != std::errc{} || dash == end || *dash != '-') return std::nullopt;
    const auto [rest, last] = std::from_chars(dash + 1, end, range.last);
    if (last != std::errc{} || rest != end || range.last < range.first) return std::nullopt;
    return range;
}

Result<std::string> required_header(const net::Response& response, const char* name,
                                    const std::string& where) {
    const auto value = net::find_header(response.headers, name);
    if (!value || value->empty())
        return fail({.kind = ErrorKind::unavailable,
                     .what = fmt::format("the service's answer has no {}", name),
                     .where = where});
    return std::string(*value);
}

Result<void> check_vault_name(const std::string& vault) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    };
    if (!vault.empty() && vault.size() <= 255 && std::ranges::all_of(vault, good)) return {};
    return fail({.kind = ErrorKind::usage,
                 .what = fmt::format("invalid vault name \"{}\"", shown(vault)),
                 .hint = "a vault's name has 1 to 255 of the characters a-z A-Z 0-9 _ - ."});
}

Result<void> check_description(const std::string& description) {
    const auto bad = std::ranges::find_if(description, [](char c) { return c < ' ' || c > '~'; });
    if (description.size() <= 1024 && bad == description.end()) return {};
    const std::string why =
        description.size() > 1024
            ? fmt::format("is {} characters long", description.size())
            : fmt::format("has a character at position {} that is not printable ASCII",
                          bad - description.begin() + 1);
    return fail({.kind = ErrorKind::usage,
                 .what = "the description " + why,
                 .hint = "Glacier accepts at most 1,024 printable ASCII characters"});
}

std::unique_ptr<Glacier> open_glacier(GlacierConfig config, const ClientContext& context) {
    return std::make_unique<GlacierCalls>(std::move(config), context);
}

}  // namespace zg::aws
