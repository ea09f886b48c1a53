#include "aws/auth/sigv4.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "codec/hex.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

/// Without blanks at both ends, and with single blanks inside.
std::string trimmed(std::string_view value) {
    std::string result;
    for (const char c : value) {
        const bool blank = c == ' ' || c == '\t';
        if (!blank)
            result += c;
        else if (!result.empty() && result.back() != ' ')
            result += ' ';
    }
    while (result.ends_with(' ')) result.pop_back();
    return result;
}

/// Name and value of each header, in the order in which they are signed.
std::vector<std::pair<std::string, std::string>> canonical_headers(const ToSign& request,
                                                                   const net::Headers& headers) {
    std::vector<std::pair<std::string, std::string>> result{{"host", trimmed(request.host)}};
    for (const net::Header& header : headers) {
        const std::string name = lower(header.name);
        const auto same =
            std::ranges::find(result, name, &std::pair<std::string, std::string>::first);
        if (same != result.end())
            same->second += "," + trimmed(header.value);
        else
            result.emplace_back(name, trimmed(header.value));
    }
    std::ranges::sort(result, {}, &std::pair<std::string, std::string>::first);
    return result;
}

std::string signed_names(const ToSign& request, const net::Headers& headers) {
    std::string names;
    for (const auto& [name, value] : canonical_headers(request, headers))
        names += (names.empty() ? "" : ";") + name;
    return names;
}

std::string hmac(std::string_view key, std::string_view text) {
    std::string digest(32, '\0');
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()), &size);
    return digest;
}

std::string credential_scope(const SigningScope& scope) {
    return fmt::format("{}/{}/{}/aws4_request", compact_utc(scope.time).substr(0, 8), scope.region,
                       scope.service);
}

std::string signature_of(std::string_view text, const SigningScope& scope,
                         const Credentials& credentials) {
    std::string key =
        hmac("AWS4" + credentials.secret_access_key.reveal(), compact_utc(scope.time).substr(0, 8));
    key = hmac(key, scope.region);
    key = hmac(key, scope.service);
    key = hmac(key, "aws4_request");
    return codec::hex(as_bytes(hmac(key, text)));
}

}  // namespace

std::string uri_encode(std::string_view text, bool keep_slash) {
    std::string encoded;
    for (const char c : text) {
        const bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                                (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                                c == '~';
        if (unreserved || (keep_slash && c == '/'))
            encoded += c;
        else
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

std::string canonical_query(const Query& query) {
    std::vector<std::string> parts;
    for (const auto& [name, value] : query)
        parts.push_back(uri_encode(name) + "=" + uri_encode(value));
    std::ranges::sort(parts, [](const std::string& a, const std::string& b) {
        // Sorted by name, then by value: "a-b=" comes after "a=", though '-' is before '='.
        const auto split = [](const std::string& part) {
            return std::pair(part.substr(0, part.find('=')), part.substr(part.find('=') + 1));
        };
        return split(a) < split(b);
    });
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : "&") + part;
    return text;
}

std::string canonical_request(const ToSign& request, const net::Headers& signed_headers,
                              bool encode_path_twice) {
    const std::string path = encode_path_twice ? uri_encode(request.path, true) : request.path;
    std::string text =
        fmt::format("{}\n{}\n{}\n", request.method, path, canonical_query(request.query));
    for (const auto& [name, value] : canonical_headers(request, signed_headers))
        text += fmt::format("{}:{}\n", name, value);
    return fmt::format("{}\n{}\n{}", text, signed_names(request, signed_headers),
                       request.payload_sha256);
}

std::string string_to_sign(std::string_view canonical, const SigningScope& scope) {
    return fmt::format("{}\n{}\n{}\n{}", algorithm, compact_utc(scope.time),
                       credential_scope(scope), codec::sha256(as_bytes(canonical)).hex());
}

net::Headers sign(const ToSign& request, const SigningScope& scope,
                  const Credentials& credentials) {
    net::Headers headers = request.headers;
    headers.push_back({"x-amz-date", compact_utc(scope.time)});
    if (scope.service == "s3" || scope.service == "glacier")
        headers.push_back({"x-amz-content-sha256", request.payload_sha256});
    if (!credentials.session_token.empty())
        headers.push_back({"x-amz-security-token", credentials.session_token.reveal()});
    const std::string text =
        string_to_sign(canonical_request(request, headers, scope.encode_path_twice), scope);
    headers.push_back(
        {"Authorization",
         fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm,
                     credentials.access_key_id, credential_scope(scope),
                     signed_names(request, headers), signature_of(text, scope, credentials))});
    return headers;
}

}  // namespace zg::aws
