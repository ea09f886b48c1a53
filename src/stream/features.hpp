// The features of a send stream: DMU_BACKUP_FEATURE_* in OpenZFS's include/sys/zfs_ioctl.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zg::stream {

/// Each is a bit of Begin::features. The bits 3 to 15 and 18, which are not listed, belong to other
/// implementations.
enum class Feature : std::uint64_t {
    dedup = std::uint64_t{1} << 0U,
    dedup_props = std::uint64_t{1} << 1U,
    sa_spill = std::uint64_t{1} << 2U,
    embed_data = std::uint64_t{1} << 16U,  ///< zfs send -e
    lz4 = std::uint64_t{1} << 17U,
    large_blocks = std::uint64_t{1} << 19U,  ///< zfs send -L
    resuming = std::uint64_t{1} << 20U,      ///< the stream continues another (zfs send -t)
    redacted = std::uint64_t{1} << 21U,
    compressed = std::uint64_t{1} << 22U,  ///< zfs send -c
    large_dnode = std::uint64_t{1} << 23U,
    raw = std::uint64_t{1} << 24U,  ///< zfs send -w
    zstd = std::uint64_t{1} << 25U,
    holds = std::uint64_t{1} << 26U,
    switch_to_large_blocks = std::uint64_t{1} << 27U,
    longname = std::uint64_t{1} << 28U,
    large_microzap = std::uint64_t{1} << 29U,
};

constexpr std::uint64_t feature_bit(Feature feature) { return static_cast<std::uint64_t>(feature); }
constexpr bool has_feature(std::uint64_t features, Feature feature) {
    return (features & feature_bit(feature)) != 0;
}

/// The names of the features set in `features` ("large_blocks"); a bit without a name is "bit N".
std::vector<std::string> feature_names(std::uint64_t features);
/// All features that this version can check.
std::uint64_t known_features();

}  // namespace zg::stream
