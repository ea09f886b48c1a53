// Decides what to send: the base, the flags, the compression.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "archive/archive_view.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "codec/encoding.hpp"
#include "zfs/capabilities.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// Whether a flag of zfs send is used: decided by zglacier, or by the user.
enum class Choice { automatic, on, off };

struct SendChoices {
    /// -p: on; from a bookmark only if this zfs allows it
    Choice properties = Choice::automatic;
    /// -L: as the base was sent; on for a full archive if this zfs supports it
    Choice large_blocks = Choice::automatic;
    /// -e: off: zfs loses extended attributes with it (openzfs/zfs pull request 19091)
    Choice embedded = Choice::automatic;
    Choice compressed = Choice::automatic;  ///< -c: on if this zfs supports it
    Choice raw = Choice::automatic;         ///< -w: on for an encrypted dataset
};

/// --compression: auto, none, zstd[:level].
struct CompressionChoice {
    bool automatic = true;  ///< none if the stream cannot shrink
    std::optional<codec::Compression> wanted = codec::default_compression();
};
/// Reads "auto", "none" or what codec::parse_compression() reads; usage for anything else.
Result<CompressionChoice> parse_compression(std::string_view text);

/// The archive that an incremental one builds on.
struct Base {
    catalog::Manifest archive;
    std::string from;  ///< "@name" or "#name": the snapshot or bookmark of the dataset
};

struct BaseChoice {
    std::optional<Base> base;
    std::string reason;  ///< why this base, or why none
};

/// The arguments of choose_base().
struct BaseQuestion {
    const archive::ArchiveView& view;
    const zfs::Dataset& dataset;
    /// the snapshot to be sent, if it already exists: the base must be older
    const zfs::Snapshot* snapshot = nullptr;
    bool raw = false;  ///< a raw archive builds on a raw one only
    /// large blocks cannot be turned on or off within a chain
    Choice large_blocks = Choice::automatic;
    bool full = false;  ///< the user wants a full archive
};

/// The newest archive that can be restored and whose guid this dataset still has as a snapshot or a
/// bookmark.
BaseChoice choose_base(const BaseQuestion& question);

/// Whether the dataset will be sent raw; unsupported if it cannot be.
Result<bool> decide_raw(const zfs::Capabilities& can, const zfs::Dataset& dataset, Choice choice);

/// The flags for a stream from `base`, or a full one; unsupported if the user wants a flag that
/// this zfs lacks.
Result<zfs::SendSpec> decide_flags(const zfs::Capabilities& can, const zfs::Dataset& dataset,
                                   const SendChoices& choices, const std::optional<Base>& base,
                                   bool raw);

/// Nothing means no compression. Automatic means none if the stream cannot shrink because zfs sends
/// it raw or compressed.
std::optional<codec::Compression> decide_compression(const CompressionChoice& choice,
                                                     const zfs::Dataset& dataset,
                                                     const zfs::SendSpec& spec);

}  // namespace zg::ops
