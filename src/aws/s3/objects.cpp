// Calls on one object.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "aws/auth/signed_http.hpp"
#include "aws/s3/calls.hpp"
#include "aws/s3/client.hpp"
#include "aws/s3/error.hpp"
#include "aws/s3/s3.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

/// An error's text may be longer than the requested object.
constexpr std::size_t room_for_errors = std::size_t{64} << 10U;

std::string header_or_empty(const net::Response& response, std::string_view name) {
    return std::string(net::find_header(response.headers, name).value_or(""));
}

/// ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"
void read_restore(std::string_view text, ObjectHead& head) {
    head.restore_ongoing = text.find("ongoing-request=\"true\"") != std::string_view::npos;
    constexpr std::string_view marker = "expiry-date=\"";
    const std::size_t at = text.find(marker);
    if (at == std::string_view::npos) return;
    const std::string_view date = text.substr(at + marker.size());
    head.restored_until = parse_http_date(date.substr(0, date.find('"')));
}

/// Whether "bytes 5-9/100" begins at the requested offset.
bool begins_at(std::string_view content_range, std::uint64_t offset) {
    constexpr std::string_view unit = "bytes ";
    if (!content_range.starts_with(unit)) return true;
    const std::string_view range = content_range.substr(unit.size());
    return range.substr(0, range.find('-')) == std::to_string(offset);
}

/// Moves the bytes after `offset` to the front; returns their number.
std::size_t keep_from(std::uint64_t offset, MutableBytes received) {
    if (offset >= received.size()) return 0;
    if (offset == 0) return received.size();
    const MutableBytes wanted = received.subspan(static_cast<std::size_t>(offset));
    std::memmove(received.data(), wanted.data(), wanted.size());
    return wanted.size();
}

void read_checksum(std::string_view text, ObjectHead& head) {
    const auto checksum = parse_checksum(text);
    if (!checksum) return;
    (checksum->parts > 0 ? head.composite_sha256 : head.sha256) = checksum->digest;
    head.parts = checksum->parts;
}

}  // namespace

Result<void> S3Calls::put_object(const std::string& key, Bytes body, const ObjectSettings& settings,
                                 bool only_new) {
    const codec::Sha256Digest digest = codec::sha256(body);
    Call call{.method = "PUT",
              .action = "s3:PutObject",
              .key = key,
              .query = {},
              .headers = settings_headers(settings),
              .body = body,
              .sha256 = digest};
    call.headers.push_back({"x-amz-checksum-sha256", base64(digest)});
    if (only_new) call.headers.push_back({"If-None-Match", "*"});
    ZG_CHECK(client_.call(call));
    return {};
}

Result<std::size_t> S3Calls::get_object(const std::string& key, std::uint64_t offset,
                                        MutableBytes into) {
    if (into.empty()) return std::size_t{0};
    return client_.retrying([&] { return get_object_once(key, offset, into); });
}

Result<std::size_t> S3Calls::get_object_once(const std::string& key, std::uint64_t offset,
                                             MutableBytes into) {
    constexpr int after_end = 416;
    auto response = client_.call_once(
        {.method = "GET",
         .action = "s3:GetObject",
         .key = key,
         .query = {},
         .headers = {{"Range", fmt::format("bytes={}-{}", offset, offset + into.size() - 1)}},
         .into = into,
         .also = after_end});
    // More than requested: the whole object, from a server that does not support ranges.
    if (!response && response.error().kind == ErrorKind::damage)
        return fail({.kind = ErrorKind::unsupported,
                     .what = "the server does not support reading ranges of an object",
                     .where = client_.where(key)});
    if (!response) return fail(std::move(response.error()));
    if (response->status == after_end) return std::size_t{0};
    if (response->status == 206 && !begins_at(header_or_empty(*response, "content-range"), offset))
        return fail({.kind = ErrorKind::damage,
                     .what = "the server returned another range than requested",
                     .where = client_.where(key)});
    const std::size_t got = response->status == 206
                                ? response->received
                                : keep_from(offset, into.first(response->received));
    if (got == 0 && response->cut) return fail(std::move(*response->cut));
    return got;
}

Result<Buffer> S3Calls::get_whole_object(const std::string& key, std::size_t limit) {
    ZG_TRY(net::Response response, client_.call({.method = "GET",
                                                 .action = "s3:GetObject",
                                                 .key = key,
                                                 .query = {},
                                                 .headers = {{"x-amz-checksum-mode", "ENABLED"}},
                                                 .max_body = std::max(limit, room_for_errors)}));
    if (response.body.size() > limit)
        return fail({.kind = ErrorKind::damage,
                     .what = fmt::format("the object is larger than {} bytes, the maximum", limit),
                     .where = client_.where(key)});
    const auto checksum = parse_checksum(header_or_empty(response, "x-amz-checksum-sha256"));
    if (checksum && checksum->parts == 0 && checksum->digest != codec::sha256(response.body))
        return fail({.kind = ErrorKind::damage,
                     .what = "the object does not match its checksum",
                     .where = client_.where(key)});
    return std::move(response.body);
}

Result<ObjectHead> S3Calls::head_object(const std::string& key) {
    const Call call{.method = "HEAD",
                    .action = "s3:GetObject",
                    .key = key,
                    .query = {},
                    .headers = {{"x-amz-checksum-mode", "ENABLED"}}};
    return client_.call(call, [&](const net::Response& response) -> Result<ObjectHead> {
        if (net::find_header(response.headers, "content-length")) return head_of(response);
        return fail({.kind = ErrorKind::unavailable,
                     .what = "the server does not return the object's size",
                     .where = client_.where(key)});
    });
}

ObjectHead S3Calls::head_of(const net::Response& response) {
    ObjectHead head{
        .size = number_of(header_or_empty(response, "content-length")),
        .modified =
            parse_http_date(header_or_empty(response, "last-modified")).value_or(TimePoint{}),
        .etag = header_or_empty(response, "etag"),
        .version_id = header_or_empty(response, "x-amz-version-id")};
    if (const auto storage_class = net::find_header(response.headers, "x-amz-storage-class"))
        head.storage_class = *storage_class;
    if (const auto restore = net::find_header(response.headers, "x-amz-restore"))
        read_restore(*restore, head);
    if (const auto checksum = net::find_header(response.headers, "x-amz-checksum-sha256"))
        read_checksum(*checksum, head);
    head.lock_mode = header_or_empty(response, "x-amz-object-lock-mode");
    head.retain_until =
        parse_iso_time(header_or_empty(response, "x-amz-object-lock-retain-until-date"));
    return head;
}

/// One page of the parts. A server that does not support the call returns the object itself, or
/// another document.
Result<pugi::xml_document> S3Calls::attributes_page(const std::string& key,
                                                    const std::string& marker) {
    constexpr std::size_t room_for_page = std::size_t{1} << 20U;
    Call call{.method = "GET",
              .action = "s3:GetObjectAttributes",
              .key = key,
              .query = {{"attributes", ""}},
              .headers = {{"x-amz-object-attributes", "ObjectParts,ObjectSize"},
                          {"x-amz-max-parts", "1000"}},
              .max_body = room_for_page};
    if (!marker.empty()) call.headers.push_back({"x-amz-part-number-marker", marker});
    auto response = client_.call(call);
    if (!response && response.error().kind != ErrorKind::damage)
        return fail(std::move(response.error()));
    pugi::xml_document document;
    if (response) document.load_buffer(response->body.data(), response->body.size());
    if (std::string_view(document.document_element().name()).find("GetObjectAttributes") ==
        std::string_view::npos)
        return fail({.kind = ErrorKind::unsupported,
                     .what = "the server does not return an object's parts",
                     .where = client_.where(key)});
    return document;
}

Result<ObjectAttributes> S3Calls::get_object_attributes(const std::string& key) {
    ObjectAttributes attributes;
    std::string marker;
    for (;;) {
        ZG_TRY(const pugi::xml_document document, attributes_page(key, marker));
        const pugi::xml_node answer = document.document_element();
        attributes.size = number_of(answer.child_value("ObjectSize"));
        const pugi::xml_node parts = answer.child("ObjectParts");
        for (const pugi::xml_node part : parts.children("Part")) {
            PartReceipt receipt{
                .number = static_cast<std::uint32_t>(number_of(part.child_value("PartNumber"))),
                .size = number_of(part.child_value("Size"))};
            if (const auto checksum = parse_checksum(part.child_value("ChecksumSHA256")))
                receipt.sha256 = checksum->digest;
            attributes.parts.push_back(std::move(receipt));
        }
        const std::string next = parts.child_value("NextPartNumberMarker");
        if (std::string_view(parts.child_value("IsTruncated")) != "true") return attributes;
        if (number_of(next) <= number_of(marker))
            return fail({.kind = ErrorKind::unavailable,
                         .what = "the server's list of parts does not end",
                         .where = client_.where(key)});
        marker = next;
    }
}

Result<void> S3Calls::delete_object(const std::string& key, const std::string& version_id) {
    Call call{.method = "DELETE",
              .action = version_id.empty() ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
              .key = key};
    if (!version_id.empty()) call.query.emplace_back("versionId", version_id);
    auto deleted = client_.call(call);
    if (!deleted && deleted.error().kind != ErrorKind::not_found)
        return fail(std::move(deleted.error()));
    return {};
}

Result<RestoreOutcome> S3Calls::restore_object(const std::string& key, std::chrono::days days,
                                               const std::string& tier) {
    constexpr int conflict = 409;
    pugi::xml_document request;
    pugi::xml_node restore = request.append_child("RestoreRequest");
    restore.append_attribute("xmlns") = "http://s3.amazonaws.com/doc/2006-03-01/";
    restore.append_child("Days").text() = days.count();
    restore.append_child("GlacierJobParameters").append_child("Tier").text() = tier.c_str();
    const std::string body = to_text(request);
    const Call call{.method = "POST",
                    .action = "s3:RestoreObject",
                    .key = key,
                    .query = {{"restore", ""}},
                    .headers = {},
                    .body = as_bytes(body),
                    .also = conflict};
    // A repetition after a lost answer finds the first request in progress, or done, and does not
    // prolong it.
    auto outcome = client_.call(call, [&](const net::Response& response) -> Result<RestoreOutcome> {
        if (response.status == 202) return RestoreOutcome::started;
        if (response.status != conflict) return RestoreOutcome::prolonged;
        const Failure failure = read_failure(response);
        if (failure.code == "RestoreAlreadyInProgress") return RestoreOutcome::already_in_progress;
        return fail(error_of(failure, call.action, client_.where(key)));
    });
    // Amazon uses this code both if the object is cold and if it is never cold.
    if (!outcome && outcome.error().kind == ErrorKind::cold) {
        outcome.error().kind = ErrorKind::conflict;
        outcome.error().what = "the object is in a class that needs no thaw";
        outcome.error().hint.clear();
    }
    return outcome;
}

}  // namespace zg::aws
