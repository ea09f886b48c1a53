// Archives, in one piece and in parts.
#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "aws/auth/sigv4.hpp"
#include "aws/glacier/calls.hpp"
#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

using Json = nlohmann::json;

Result<void> done_unless_gone(Result<net::Response> response) {
    if (!response && response.error().kind != ErrorKind::not_found)
        return fail(std::move(response.error()));
    return {};
}

/// Compares the tree hash computed by the service with ours, `sent`.
Result<void> check_tree_hash(const net::Response& response, const codec::Sha256Digest& sent,
                             const std::string& where) {
    const auto returned = net::find_header(response.headers, "x-amz-sha256-tree-hash");
    if (!returned || codec::Sha256Digest::from_hex(*returned) == sent) return {};
    return fail({.kind = ErrorKind::damage,
                 .what = "the service computed another tree hash than the one sent",
                 .where = where,
                 .cause = fmt::format("{}, expected {}", shown(*returned), sent.hex()),
                 .hint = "run the same command again"});
}

Result<ArchiveReceipt> receipt_of(const net::Response& response, const codec::Sha256Digest& sent,
                                  const std::string& where) {
    ZG_CHECK(check_tree_hash(response, sent, where));
    ZG_TRY(std::string id, required_header(response, "x-amz-archive-id", where));
    return ArchiveReceipt{.id = std::move(id), .tree_hash = sent};
}

}  // namespace

Result<ArchiveReceipt> GlacierCalls::upload_archive(const std::string& vault, Bytes body,
                                                    const codec::TreeHash::Digests& digests,
                                                    const std::string& description) {
    ZG_CHECK(check_description(description));
    GlacierCall upload = on(vault, "POST", "glacier:UploadArchive", "/archives");
    upload.headers = {{"x-amz-sha256-tree-hash", digests.tree.hex()}};
    if (!description.empty()) upload.headers.push_back({"x-amz-archive-description", description});
    upload.body = body;
    upload.sha256 = digests.linear;
    return call(upload, [&](const net::Response& response) {
        return receipt_of(response, digests.tree, upload.where);
    });
}

Result<void> GlacierCalls::delete_archive(const std::string& vault, const std::string& archive_id) {
    return done_unless_gone(
        call(on(vault, "DELETE", "glacier:DeleteArchive", "/archives/" + uri_encode(archive_id))));
}

Result<std::string> GlacierCalls::initiate_upload(const std::string& vault, std::uint64_t part_size,
                                                  const std::string& description) {
    ZG_CHECK(check_description(description));
    GlacierCall initiate =
        on(vault, "POST", "glacier:InitiateMultipartUpload", "/multipart-uploads");
    initiate.headers = {{"x-amz-part-size", fmt::format("{}", part_size)}};
    if (!description.empty())
        initiate.headers.push_back({"x-amz-archive-description", description});
    return call(initiate, [&](const net::Response& response) {
        return required_header(response, "x-amz-multipart-upload-id", initiate.where);
    });
}

Result<void> GlacierCalls::upload_part(const std::string& vault, const std::string& upload_id,
                                       std::uint64_t begin, Bytes body,
                                       const codec::TreeHash::Digests& digests) {
    GlacierCall put = on(vault, "PUT", "glacier:UploadMultipartPart",
                         "/multipart-uploads/" + uri_encode(upload_id));
    put.headers = {{"Content-Range", fmt::format("bytes {}-{}/*", begin, begin + body.size() - 1)},
                   {"x-amz-sha256-tree-hash", digests.tree.hex()}};
    put.body = body;
    put.sha256 = digests.linear;
    return http_.retrying([&]() -> Result<void> {
        auto response = call_once(put);
        auto done = response ? check_tree_hash(*response, digests.tree, put.where)
                             : fail(std::move(response.error()));
        // If the data was right when it was sent, sending it again can help.
        if (!done && done.error().kind == ErrorKind::damage &&
            codec::sha256(body) == digests.linear && codec::tree_hash_only(body) == digests.tree)
            done.error().kind = ErrorKind::unavailable;
        return done;
    });
}

Result<ArchiveReceipt> GlacierCalls::complete_upload(const std::string& vault,
                                                     const std::string& upload_id,
                                                     std::uint64_t size,
                                                     const codec::Sha256Digest& tree_hash) {
    GlacierCall complete = on(vault, "POST", "glacier:CompleteMultipartUpload",
                              "/multipart-uploads/" + uri_encode(upload_id));
    complete.headers = {{"x-amz-archive-size", fmt::format("{}", size)},
                        {"x-amz-sha256-tree-hash", tree_hash.hex()}};
    return call(complete, [&](const net::Response& response) {
        auto receipt = receipt_of(response, tree_hash, complete.where);
        // The service has compared the tree hash before it created the archive: so the answer was
        // changed in transit, and the same call returns it again.
        if (!receipt && receipt.error().kind == ErrorKind::damage)
            receipt.error().kind = ErrorKind::unavailable;
        return receipt;
    });
}

Result<void> GlacierCalls::abort_upload(const std::string& vault, const std::string& upload_id) {
    return done_unless_gone(call(on(vault, "DELETE", "glacier:AbortMultipartUpload",
                                    "/multipart-uploads/" + uri_encode(upload_id))));
}

Result<std::vector<GlacierUpload>> GlacierCalls::list_uploads(const std::string& vault) {
    ZG_TRY(const auto entries,
           list_pages(on(vault, "GET", "glacier:ListMultipartUploads", "/multipart-uploads"),
                      "UploadsList"));
    std::vector<GlacierUpload> uploads;
    for (const Json& entry : entries)
        uploads.push_back({.id = text_of(entry, "MultipartUploadId"),
                           .description = text_of(entry, "ArchiveDescription"),
                           .created = time_of(entry, "CreationDate").value_or(TimePoint{}),
                           .part_size = number_of(entry, "PartSizeInBytes")});
    return uploads;
}

Result<std::vector<GlacierPart>> GlacierCalls::list_parts(const std::string& vault,
                                                          const std::string& upload_id) {
    // The largest possible page: an upload can have 10,000 parts.
    GlacierCall list =
        on(vault, "GET", "glacier:ListParts", "/multipart-uploads/" + uri_encode(upload_id));
    list.query = {{"limit", "1000"}};
    ZG_TRY(const auto entries, list_pages(list, "Parts"));
    std::vector<GlacierPart> parts;
    for (const Json& entry : entries) {
        const auto range = parse_range(text_of(entry, "RangeInBytes"));
        const auto digest = digest_of(entry, "SHA256TreeHash");
        if (!range || !digest)
            return fail({.kind = ErrorKind::unavailable,
                         .what = "the service's list of parts cannot be read",
                         .where = list.where});
        parts.push_back({.begin = range->first, .end = range->last + 1, .tree_hash = *digest});
    }
    return parts;
}

}  // namespace zg::aws
