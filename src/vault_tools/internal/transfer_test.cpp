#include "vault_tools/internal/transfer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace zg::vault_tools {
namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20U;

TEST(PartSize, OfTheOldOptionIsIncreasedToAValidOne) {
    EXPECT_EQ(part_size_for(1, std::nullopt), MiB);
    EXPECT_EQ(part_size_for(3, std::nullopt), 4 * MiB);
    EXPECT_EQ(part_size_for(4096, std::nullopt), 4096 * MiB);
    EXPECT_EQ(part_size_for(1, 10'000 * MiB), MiB);
    EXPECT_EQ(part_size_for(1, 10'000 * MiB + 1), 2 * MiB);
    EXPECT_EQ(part_size_for(1, std::uint64_t{1} << 60U), 4096 * MiB);
}

TEST(PartSize, IsChosenByTheSize) {
    EXPECT_EQ(choose_part_size(std::nullopt), 64 * MiB);
    EXPECT_EQ(choose_part_size(1), 8 * MiB);
    EXPECT_EQ(choose_part_size(80'000 * MiB + 1), 16 * MiB);
}

}  // namespace
}  // namespace zg::vault_tools
