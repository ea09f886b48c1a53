// Multipart uploads.
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

Result<std::string> S3Calls::create_multipart_upload(const std::string& key,
                                                     const ObjectSettings& settings) {
    Call call{.method = "POST",
              .action = "s3:PutObject",
              .key = key,
              .query = {{"uploads", ""}},
              .headers = settings_headers(settings)};
    call.headers.push_back({"x-amz-checksum-algorithm", "SHA256"});
    return client_.call(call, [&](const net::Response& response) -> Result<std::string> {
        ZG_TRY(const pugi::xml_document document, read_xml(call, response));
        std::string id = document.document_element().child_value("UploadId");
        if (id.empty())
            return fail({.kind = ErrorKind::unavailable,
                         .what = "the server returned no upload id",
                         .where = client_.where(key)});
        return id;
    });
}

Result<PartReceipt> S3Calls::upload_part(const std::string& key, const std::string& upload_id,
                                         std::uint32_t number, Bytes body,
                                         const codec::Sha256Digest& sha256) {
    return client_.retrying([&]() -> Result<PartReceipt> {
        auto receipt = upload_part_once(key, upload_id, number, body, sha256);
        const bool changed = receipt ? receipt->sha256.value_or(sha256) != sha256
                                     : receipt.error().kind == ErrorKind::damage;
        // If the part was right when it was sent, sending it again can help.
        if (changed && codec::sha256(body) == sha256)
            return fail({.kind = ErrorKind::unavailable,
                         .what = fmt::format("part {} was changed in transit to the store", number),
                         .where = client_.where(key)});
        return receipt;
    });
}

Result<PartReceipt> S3Calls::upload_part_once(const std::string& key, const std::string& upload_id,
                                              std::uint32_t number, Bytes body,
                                              const codec::Sha256Digest& sha256) {
    ZG_TRY(const net::Response response,
           client_.call_once(
               {.method = "PUT",
                .action = "s3:PutObject",
                .key = key,
                .query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_id}},
                .headers = {{"x-amz-checksum-sha256", base64(sha256)}},
                .body = body,
                .sha256 = sha256}));
    PartReceipt receipt{
        .number = number,
        .etag = std::string(net::find_header(response.headers, "etag").value_or("")),
        .sha256 = {},
        .size = body.size()};
    if (receipt.etag.empty())
        return fail({.kind = ErrorKind::unavailable,
                     .what = "the server returned no receipt (ETag) for a part",
                     .where = client_.where(key)});
    if (const auto text = net::find_header(response.headers, "x-amz-checksum-sha256")) {
        if (const auto checksum = parse_checksum(*text)) receipt.sha256 = checksum->digest;
    }
    return receipt;
}

Result<Completed> S3Calls::complete_multipart_upload(const std::string& key,
                                                     const std::string& upload_id,
                                                     const std::vector<PartReceipt>& parts,
                                                     bool only_new) {
    pugi::xml_document request;
    pugi::xml_node list = request.append_child("CompleteMultipartUpload");
    list.append_attribute("xmlns") = "http://s3.amazonaws.com/doc/2006-03-01/";
    for (const PartReceipt& part : parts) {
        pugi::xml_node node = list.append_child("Part");
        if (part.sha256) node.append_child("ChecksumSHA256").text() = base64(*part.sha256).c_str();
        node.append_child("ETag").text() = part.etag.c_str();
        node.append_child("PartNumber").text() = part.number;
    }
    const std::string body = to_text(request);
    Call call{.method = "POST",
              .action = "s3:PutObject",
              .key = key,
              .query = {{"uploadId", upload_id}},
              .headers = {},
              .body = as_bytes(body)};
    if (only_new) call.headers.push_back({"If-None-Match", "*"});
    return client_.call(
        call, [&](const net::Response& response) { return read_completion(call, response); });
}

Result<Completed> S3Calls::read_completion(const Call& call, const net::Response& response) const {
    pugi::xml_document document;
    const bool readable = document.load_buffer(response.body.data(), response.body.size());
    // Servers use different names for the outermost element, and clients ignore it.
    const pugi::xml_node result = document.document_element();
    // It answers 200 before it starts; the result is in the body.
    if (readable && document.child("Error"))
        return fail(error_of(read_failure(response), call.action, client_.where(call.key)));
    if (!result.child("ETag"))
        return fail({.kind = ErrorKind::unavailable,
                     .what = "the server did not report the result of the upload",
                     .where = client_.where(call.key)});
    Completed completed{.etag = result.child_value("ETag"), .composite_sha256 = {}};
    if (const auto checksum = parse_checksum(result.child_value("ChecksumSHA256"));
        checksum && checksum->parts > 0)
        completed.composite_sha256 = checksum->digest;
    return completed;
}

Result<void> S3Calls::abort_multipart_upload(const std::string& key, const std::string& upload_id) {
    ZG_CHECK(client_.call({.method = "DELETE",
                           .action = "s3:AbortMultipartUpload",
                           .key = key,
                           .query = {{"uploadId", upload_id}}}));
    return {};
}

Result<std::vector<ListedUpload>> S3Calls::list_multipart_uploads(const std::string& prefix) {
    std::vector<ListedUpload> uploads;
    std::string key_marker;
    std::string id_marker;
    for (;;) {
        Call call{.method = "GET",
                  .action = "s3:ListBucketMultipartUploads",
                  .query = {{"uploads", ""}, {"prefix", prefix}, {"encoding-type", "url"}}};
        if (!key_marker.empty()) call.query.emplace_back("key-marker", key_marker);
        // Amazon refuses an empty marker.
        if (!id_marker.empty()) call.query.emplace_back("upload-id-marker", id_marker);
        ZG_TRY(const pugi::xml_document document, call_xml(call));
        const pugi::xml_node result = document.document_element();
        const auto key_of = [&](const char* text) { return listed_key(result, prefix, text); };
        for (const pugi::xml_node upload : result.children("Upload"))
            uploads.push_back(
                {.key = key_of(upload.child_value("Key")),
                 .upload_id = upload.child_value("UploadId"),
                 .initiated =
                     parse_iso_time(upload.child_value("Initiated")).value_or(TimePoint{})});
        const std::string next = key_of(result.child_value("NextKeyMarker"));
        const std::string next_id = result.child_value("NextUploadIdMarker");
        if (std::string_view(result.child_value("IsTruncated")) != "true") return uploads;
        if (next.empty() || (next == key_marker && next_id == id_marker))
            return fail({.kind = ErrorKind::unavailable,
                         .what = "the server's listing does not end",
                         .where = client_.where(prefix)});
        key_marker = next;
        id_marker = next_id;
    }
}

}  // namespace zg::aws
