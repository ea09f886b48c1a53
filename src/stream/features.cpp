#include "stream/features.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zg::stream {

namespace {

struct FeatureName {
    Feature feature;
    std::string_view name;
};
constexpr std::array<FeatureName, 16> feature_table{{
    {Feature::dedup, "dedup"},
    {Feature::dedup_props, "dedup_props"},
    {Feature::sa_spill, "sa_spill"},
    {Feature::embed_data, "embed_data"},
    {Feature::lz4, "lz4"},
    {Feature::large_blocks, "large_blocks"},
    {Feature::resuming, "resuming"},
    {Feature::redacted, "redacted"},
    {Feature::compressed, "compressed"},
    {Feature::large_dnode, "large_dnode"},
    {Feature::raw, "raw"},
    {Feature::zstd, "zstd"},
    {Feature::holds, "holds"},
    {Feature::switch_to_large_blocks, "switch_to_large_blocks"},
    {Feature::longname, "longname"},
    {Feature::large_microzap, "large_microzap"},
}};

}  // namespace

std::vector<std::string> feature_names(std::uint64_t features) {
    std::vector<std::string> names;
    for (unsigned bit = 0; bit < 64; ++bit) {
        const auto feature = static_cast<Feature>(std::uint64_t{1} << bit);
        if (!has_feature(features, feature)) continue;
        const auto* known = std::ranges::find(feature_table, feature, &FeatureName::feature);
        names.push_back(known == feature_table.end() ? "bit " + std::to_string(bit)
                                                     : std::string(known->name));
    }
    return names;
}

std::uint64_t known_features() {
    std::uint64_t known = 0;
    for (const FeatureName& named : feature_table) known |= feature_bit(named.feature);
    return known;
}

}  // namespace zg::stream
