#include "store/vault/names.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"

namespace zg::store {
namespace {

TEST(VaultNames, ADescriptionIsParsedAgain) {
    for (const VaultMark& mark :
         {VaultMark{.kind = VaultMark::Kind::segment,
                    .name = "archives/20261123T020000Z-7f3a9c21/000001.zfs.zst"},
          VaultMark{.kind = VaultMark::Kind::empty_segment, .name = "a"},
          VaultMark{.kind = VaultMark::Kind::adopted,
                    .name = "archives/20130523T020000Z-7f3a9c21/000001.zfs",
                    .archive = std::string(138, '-')},
          VaultMark{.kind = VaultMark::Kind::piece,
                    .name = "zglacier.json",
                    .stamp = 1763863200000000,
                    .number = 2,
                    .count = 3,
                    .text = "Zm9v"}}) {
        const std::string description = describe(mark);
        EXPECT_TRUE(aws::check_description(description));
        EXPECT_EQ(parse_description(description), mark) << description;
    }
}

TEST(VaultNames, ADescriptionThatIsNotOursIsIgnored) {
    for (const char* other :
         {"", "vat/testfs@glacier", "zglacier/1", "zglacier/1 s ", "zglacier/2 s a",
          "zglacier/1 x a", "zglacier/1 a b", "zglacier/1 a ../a b", "zglacier/1 s ../a",
          "zglacier/1 h 1 1/1", "zglacier/1 h 1 0/1 a b", "zglacier/1 h 1 2/1 a b",
          "zglacier/1 h x 1/1 a b", "zglacier/1 h 1 1 a b"})
        EXPECT_FALSE(parse_description(other)) << other;
}

TEST(VaultNames, AContentIsWrittenToDescriptionsAndReadBack) {
    std::mt19937 random(1);
    const std::string name(200, 'n');
    for (const std::size_t size :
         std::initializer_list<std::size_t>{0, 1, 100, 700, 1000, 5000, 100'000}) {
        Buffer content(size);
        for (std::byte& byte : content) byte = static_cast<std::byte>(random());
        const auto pieces = make_pieces(name, 7, content);
        ASSERT_TRUE(pieces);
        ASSERT_GE(pieces->size(), 1U);
        std::vector<VaultMark> read;
        for (const VaultMark& piece : *pieces) {
            const std::string description = describe(piece);
            EXPECT_TRUE(aws::check_description(description)) << description.size();
            read.push_back(*parse_description(description));
        }
        EXPECT_EQ(join_pieces(read), content);
        read.front().text[0] ^= 1;
        EXPECT_FALSE(join_pieces(read)) << size;
    }
}

}  // namespace
}  // namespace zg::store
