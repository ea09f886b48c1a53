// The S3 calls over S3Client, in one file for each topic.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "aws/s3/client.hpp"
#include "aws/s3/s3.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

class S3Calls final : public S3 {
  public:
    S3Calls(BucketConfig config, const ClientContext& context)
        : client_(std::move(config), context) {}

    [[nodiscard]] const BucketConfig& config() const override { return client_.config(); }

    // s3_multipart.cpp
    Result<std::string> create_multipart_upload(const std::string& key,
                                                const ObjectSettings& settings) override;
    Result<PartReceipt> upload_part(const std::string& key, const std::string& upload_id,
                                    std::uint32_t number, Bytes body,
                                    const codec::Sha256Digest& sha256) override;
    Result<Completed> complete_multipart_upload(const std::string& key,
                                                const std::string& upload_id,
                                                const std::vector<PartReceipt>& parts,
                                                bool only_new) override;
    Result<void> abort_multipart_upload(const std::string& key,
                                        const std::string& upload_id) override;
    Result<std::vector<ListedUpload>> list_multipart_uploads(const std::string& prefix) override;

    // s3_objects.cpp
    Result<void> put_object(const std::string& key, Bytes body, const ObjectSettings& settings,
                            bool only_new) override;
    Result<std::size_t> get_object(const std::string& key, std::uint64_t offset,
                                   MutableBytes into) override;
    Result<Buffer> get_whole_object(const std::string& key, std::size_t limit) override;
    Result<ObjectHead> head_object(const std::string& key) override;
    Result<ObjectAttributes> get_object_attributes(const std::string& key) override;
    Result<void> delete_object(const std::string& key, const std::string& version_id) override;
    Result<RestoreOutcome> restore_object(const std::string& key, std::chrono::days days,
                                          const std::string& tier) override;

    // s3_bucket.cpp
    Result<void> head_bucket() override;
    Result<std::vector<ListedObject>> list_objects(const std::string& prefix) override;
    Result<std::vector<std::string>> list_versions(const std::string& key) override;
    Result<std::vector<LifecycleRule>> get_lifecycle() override;
    Result<bool> versioning_enabled() override;

  private:
    Result<pugi::xml_document> call_xml(const Call& call);
    [[nodiscard]] Result<pugi::xml_document> read_xml(const Call& call,
                                                      const net::Response& response) const;
    Result<PartReceipt> upload_part_once(const std::string& key, const std::string& upload_id,
                                         std::uint32_t number, Bytes body,
                                         const codec::Sha256Digest& sha256);
    [[nodiscard]] Result<Completed> read_completion(const Call& call,
                                                    const net::Response& response) const;
    Result<std::size_t> get_object_once(const std::string& key, std::uint64_t offset,
                                        MutableBytes into);
    static ObjectHead head_of(const net::Response& response);
    Result<pugi::xml_document> attributes_page(const std::string& key, const std::string& marker);
    S3Client client_;
};

/// The headers for `settings`.
net::Headers settings_headers(const ObjectSettings& settings);
/// S3's form of a SHA-256: base64 of its 32 bytes.
std::string base64(const codec::Sha256Digest& digest);
/// A checksum header's value: "base64", or "base64-N" of a multipart object with N parts.
struct ChecksumValue {
    codec::Sha256Digest digest;
    std::uint32_t parts = 0;  ///< 0: of the whole object
};
std::optional<ChecksumValue> parse_checksum(std::string_view text);
/// The document as text.
std::string to_text(const pugi::xml_document& document);
/// Decodes "%2B" and "+" in a key that was listed with encoding-type=url.
std::string url_decoded(std::string_view text);
/// The decoded key or marker `text` in the listing `result` of the keys that begin with `prefix`:
/// encoding-type=url was requested, but not every server that encodes says so.
std::string listed_key(const pugi::xml_node& result, std::string_view prefix,
                       std::string_view text);
/// Parses a number of S3's; 0 for anything else.
std::uint64_t number_of(std::string_view text);

}  // namespace zg::aws
