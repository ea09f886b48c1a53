#include "stream/record.hpp"

#include <array>

namespace zg::stream {

namespace {

// DMU_BACKUP_FEATURE_* of OpenZFS's include/sys/zfs_ioctl.h. Bits 3 to 15 and 18 belong to other
// implementations.
constexpr std::array<FeatureName, 16> feature_table{{
    {std::uint64_t{1} << 0U, "dedup"},
    {std::uint64_t{1} << 1U, "dedup_props"},
    {std::uint64_t{1} << 2U, "sa_spill"},
    {std::uint64_t{1} << 16U, "embed_data"},
    {std::uint64_t{1} << 17U, "lz4"},
    {std::uint64_t{1} << 19U, "large_blocks"},
    {std::uint64_t{1} << 20U, "resuming"},
    {std::uint64_t{1} << 21U, "redacted"},
    {std::uint64_t{1} << 22U, "compressed"},
    {std::uint64_t{1} << 23U, "large_dnode"},
    {std::uint64_t{1} << 24U, "raw"},
    {std::uint64_t{1} << 25U, "zstd"},
    {std::uint64_t{1} << 26U, "holds"},
    {std::uint64_t{1} << 27U, "switch_to_large_blocks"},
    {std::uint64_t{1} << 28U, "longname"},
    {std::uint64_t{1} << 29U, "large_microzap"},
}};

}  // namespace

std::string_view record_type_name(RecordType type) {
    static constexpr std::array<std::string_view, record_type_count> names{
        "BEGIN",       "OBJECT", "FREEOBJECTS",    "WRITE",        "FREE",  "END",
        "WRITE_BYREF", "SPILL",  "WRITE_EMBEDDED", "OBJECT_RANGE", "REDACT"};
    const auto index = static_cast<std::size_t>(type);
    return index < names.size() ? names[index] : "unknown";
}

std::vector<std::string> feature_names(std::uint64_t features) {
    std::vector<std::string> names;
    for (unsigned bit = 0; bit < 64; ++bit) {
        const std::uint64_t mask = std::uint64_t{1} << bit;
        if ((features & mask) == 0) continue;
        std::string name = "bit " + std::to_string(bit);
        for (const FeatureName& feature : feature_table) {
            if (feature.bit == mask) name = feature.name;
        }
        names.push_back(std::move(name));
    }
    return names;
}

std::uint64_t known_features() {
    std::uint64_t known = 0;
    for (const FeatureName& feature : feature_table) known |= feature.bit;
    return known;
}

}  // namespace zg::stream
