// Decides what to send: the base, the flags, the compression.
#pragma once

#include <optional>
#include <string>

#include "archive/archive_view.hpp"
#include "catalog/manifest.hpp"
#include "codec/encoding.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// A flag of zfs send: as fits, or as the user says.
enum class Choice { automatic, on, off };

struct SendChoices {
    /// -p: on; from a bookmark only where this zfs allows it
    Choice properties = Choice::automatic;
    /// -L: as the base was sent; on for a full archive where it can be
    Choice large_blocks = Choice::automatic;
    /// -e: off: zfs loses extended attributes with it (openzfs/zfs pull request 19091)
    Choice embedded = Choice::automatic;
    Choice compressed = Choice::automatic;  ///< -c: on where it can be
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
    std::string from;  ///< "@name" or "#name", where the dataset still has it
};

struct BaseChoice {
    std::optional<Base> base;
    std::string reason;  ///< why this base, or why none
};

/// What choose_base() goes by.
struct BaseQuestion {
    const archive::ArchiveView& view;
    const zfs::Dataset& dataset;
    /// the snapshot to be sent, where it exists already: the base must be older
    const zfs::Snapshot* snapshot = nullptr;
    bool raw = false;  ///< a raw archive builds on a raw one only
    /// large blocks cannot be turned on or off within a chain
    Choice large_blocks = Choice::automatic;
    bool full = false;  ///< the user wants a full archive
};

/// The newest archive that can be restored and whose snapshot, by guid, this dataset still has as a
/// snapshot or a bookmark.
BaseChoice choose_base(const BaseQuestion& question);

/// Whether the dataset will be sent raw; unsupported where it cannot be.
Result<bool> decide_raw(const zfs::Capabilities& can, const zfs::Dataset& dataset, Choice choice);

/// The flags for `snapshot`, from `base` or in full; unsupported where the user asked for one that
/// this zfs lacks.
Result<zfs::SendSpec> decide_flags(const zfs::Capabilities& can, const zfs::Dataset& dataset,
                                   const SendChoices& choices, const std::optional<Base>& base,
                                   bool raw);

/// Nothing for no compression. Automatic: none if the stream cannot shrink, since zfs sends it raw
/// or compressed.
std::optional<codec::Compression> decide_compression(const CompressionChoice& choice,
                                                     const zfs::Dataset& dataset,
                                                     const zfs::SendSpec& spec);

}  // namespace zg::ops
