#include "stream/resume_token.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "stream/nvlist.hpp"

namespace zg::stream {
namespace {

const ResumeToken sample{.object = 2,
                         .offset = 131072,
                         .bytes = 4711,
                         .to_guid = 0xfedcba9876543210,
                         .from_guid = 77,
                         .to_name = "tank/fs@snap",
                         .large_blocks = true,
                         .compressed = true};

TEST(ResumeToken, RoundTrip) {
    for (const ResumeToken& token :
         {sample, ResumeToken{.to_guid = 1, .to_name = "a@b"},
          ResumeToken{
              .to_guid = ~0ULL, .to_name = std::string(255, 'x'), .embedded = true, .raw = true}}) {
        const auto back = parse_resume_token(resume_token_text(token));
        ASSERT_TRUE(back) << back.error().message();
        EXPECT_EQ(*back, token);
    }
}

/// Made by resume_splice.py, whose tokens OpenZFS 2.1 accepted, with zlib 1.2.13.
TEST(ResumeToken, ReadsTheTokenOfAnotherProgram) {
    const auto token = parse_resume_token(
        "1-1012d82621-120-"
        "789c636064000310a501c49c50360710a715e5e7a69766a63040812f94560062762475f94959a9c9250c0c4cb8"
        "e4d"
        "3d28a534b40324c70793624f9a4ca92d462209d2e845d7f493ec415024621653376ddf9a78124cf0996cf4bcc4"
        "d05d28979d9fa69c50ec"
        "57989053073781910fecb492c4a4f4dcac94fcececf86c97323c927e7e71614a516174364210000a01f2401");
    ASSERT_TRUE(token) << token.error().message();
    EXPECT_EQ(*token, sample);
}

TEST(ResumeToken, EveryChangeIsRefused) {
    const std::string text = resume_token_text(sample);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = changed[i] == '0' ? '1' : '0';
        EXPECT_FALSE(parse_resume_token(changed)) << i;
        changed[i] = 'x';
        EXPECT_FALSE(parse_resume_token(changed)) << i;
        EXPECT_FALSE(parse_resume_token(text.substr(0, i))) << i;
    }
    EXPECT_FALSE(parse_resume_token(""));
    EXPECT_FALSE(parse_resume_token("-"));
    EXPECT_EQ(parse_resume_token("2-0-0-00").error().kind, ErrorKind::unsupported);
    EXPECT_FALSE(parse_resume_token("1-0-ffffffffffffffff-00"));
}

TEST(Nvlist, UnknownPairsAreIgnored) {
    Buffer packed = pack_nvlist(
        {{"one", std::uint64_t{1}}, {"word", std::string("text")}, {"flag", std::monostate{}}});
    const auto pairs = unpack_nvlist(packed);
    ASSERT_TRUE(pairs);
    EXPECT_EQ(nv_number(*pairs, "one"), 1U);
    EXPECT_EQ(nv_text(*pairs, "word"), "text");
    EXPECT_TRUE(nv_flag(*pairs, "flag"));
    EXPECT_FALSE(nv_number(*pairs, "word"));
    EXPECT_EQ(nv_text(*pairs, "one"), "");
    // The first pair becomes an array of bytes.
    store_int(MutableBytes(packed), 12 + 12, std::int32_t{10});
    const auto fewer = unpack_nvlist(packed);
    ASSERT_TRUE(fewer);
    EXPECT_EQ(fewer->size(), 2U);
    const auto longer = prepend_to_nvlist({{"zero", std::uint64_t{0}}}, packed);
    ASSERT_TRUE(longer);
    EXPECT_EQ(nv_number(unpack_nvlist(*longer).value(), "zero"), 0U);
    EXPECT_TRUE(nv_flag(unpack_nvlist(*longer).value(), "flag"));
}

TEST(Nvlist, GarbageIsNotReadBeyondItsEnd) {
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    const Buffer sound = pack_nvlist(
        {{"one", std::uint64_t{1}}, {"word", std::string("text")}, {"flag", std::monostate{}}});
    for (int round = 0; round < 20'000; ++round) {
        Buffer changed(sound.begin(),
                       sound.begin() + static_cast<std::ptrdiff_t>(random() % (sound.size() + 1)));
        for (unsigned i = 0; i < random() % 4 && !changed.empty(); ++i)
            changed[random() % changed.size()] = static_cast<std::byte>(random());
        // Whether it is a valid list does not matter: this is for the sanitizers.
        (void)unpack_nvlist(changed);
    }
    EXPECT_FALSE(unpack_nvlist({})) << seed;
}

}  // namespace
}  // namespace zg::stream
