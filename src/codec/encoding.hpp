// The encodings of stored segments: one table with their names, suffixes, encoders, decoders and
// memory. A new encoding is a row in encoding.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "codec/transform.hpp"

namespace zg::codec {

struct AgeFile;
struct AgeKeys;
struct AgeRecipients;

/// A segment has at most one encoding of each role, applied in this order.
enum class EncodingRole : std::uint8_t { compression, encryption };
inline constexpr std::array encoding_roles{EncodingRole::compression, EncodingRole::encryption};
/// "compression" or "encryption": the manifest's field.
const char* role_name(EncodingRole role);
/// The value of that field if there is no encoding of its role.
inline constexpr std::string_view no_encoding = "none";

/// Options of encoders; each uses those it needs.
struct EncoderOptions {
    int level = 0;                    ///< of the compression: 1 to Encoding::max_level
    const AgeRecipients& recipients;  ///< of the encryption; they outlive the encoder
};

/// A row of the table.
struct Encoding {
    EncodingRole role = EncodingRole::compression;
    std::string_view name;    ///< in manifests, options and reports: "zstd"
    std::string_view suffix;  ///< of a segment's name: ".zst"
    int default_level = 0;    ///< of a compression
    int max_level = 0;

    /// An encoder for all segments of an archive. Null if there is begin_file().
    std::unique_ptr<Transform> (*encoder)(const EncoderOptions& options) = nullptr;
    /// Begins a file, for an encoding whose files are chunks that can be encoded independently, on
    /// any thread. archive/write/sealer.hpp does the rest.
    Result<AgeFile> (*begin_file)(const EncoderOptions& options, Random& random) = nullptr;
    /// A decoder for one segment. `keys` outlive it.
    std::unique_ptr<Transform> (*decoder)(const AgeKeys& keys) = nullptr;
    /// The most bytes that encoder() or begin_file() takes.
    std::uint64_t (*memory)(const EncoderOptions& options) = nullptr;
};

/// The whole table, in the order of the roles.
std::span<const Encoding> all_encodings();
/// Null if this version does not support such an encoding.
const Encoding* find_encoding(EncodingRole role, std::string_view name);
const Encoding& zstd_encoding();
const Encoding& age_encoding();

/// The encodings of a segment, in the order in which they were applied.
class Encodings {
  public:
    /// Appends an encoding.
    void add(const Encoding& encoding) { list_.push_back(&encoding); }

    [[nodiscard]] bool empty() const { return list_.empty(); }
    [[nodiscard]] auto begin() const { return list_.begin(); }
    [[nodiscard]] auto end() const { return list_.end(); }
    /// Null if there is none.
    [[nodiscard]] const Encoding* of(EncodingRole role) const;
    /// The name of that encoding, or no_encoding.
    [[nodiscard]] std::string_view name_of(EncodingRole role) const;
    /// ".zst.age"
    [[nodiscard]] std::string suffix() const;
    /// A decoder for all of them, for one segment. `keys` outlive it.
    [[nodiscard]] Chain decoder(const AgeKeys& keys) const;
    bool operator==(const Encodings&) const = default;

  private:
    std::vector<const Encoding*> list_;  // rows of the table
};

/// A compression and its level.
struct Compression {
    const Encoding* encoding = nullptr;  ///< a row of the table
    int level = 0;                       ///< 1 to encoding->max_level

    /// "zstd:3"
    [[nodiscard]] std::string text() const;
    bool operator==(const Compression&) const = default;
};
/// The default compression.
Compression default_compression();
/// Reads "zstd", at its default level, or "zstd:7"; nothing for any other text.
std::optional<Compression> parse_compression(std::string_view text);
/// The valid forms, for messages: "zstd or zstd:LEVEL (1 to 19)".
std::string compression_forms();

}  // namespace zg::codec
