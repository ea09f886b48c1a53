#include "codec/age/armor.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/age/testing/age_files.hpp"

namespace zg::codec {
namespace {

using namespace codec::testing;

const std::string begin_line = "-----BEGIN AGE ENCRYPTED FILE-----\n";
const std::string end_line = "-----END AGE ENCRYPTED FILE-----\n";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

TEST(AgeArmor, EverySizeIsDecodedAgain) {
    for (std::size_t size = 0; size < 300; ++size) {
        const Buffer bytes = noise(size, static_cast<unsigned>(size));
        const std::string text = age_armor(bytes);
        EXPECT_TRUE(is_age_armor(text));
        EXPECT_TRUE(text.starts_with(begin_line) && text.ends_with("\n" + end_line)) << size;
        EXPECT_EQ(from_age_armor(text).value(), bytes) << size;
    }
}

TEST(AgeArmor, LineEndsAndSurroundingWhiteSpaceDoNotMatter) {
    const Buffer bytes = noise(100, 1);
    const std::string text = age_armor(bytes);
    for (const std::string& other : {replaced(text, "\n", "\r\n"), "\n \t\r\n" + text,
                                     text + "\r\n   \t", text.substr(0, text.size() - 1)}) {
        EXPECT_TRUE(is_age_armor(other));
        EXPECT_EQ(from_age_armor(other).value(), bytes) << other;
    }
}

TEST(AgeArmor, AnythingElseIsDamage) {
    const std::string text = age_armor(noise(100, 2));
    const std::size_t first = begin_line.size();
    const std::size_t second = first + 65;
    std::string long_line = text;
    long_line.erase(second - 1, 1);
    std::string short_line = text;
    short_line.insert(first + 32, "\n");
    std::string empty_line = text;
    empty_line.insert(second, "\n");
    std::string blank = text;
    blank.insert(second - 1, " ");
    std::string indented = text;
    indented.insert(second, " ");
    std::string split_padding = age_armor(noise(1, 3));
    split_padding.insert(split_padding.find("==") + 1, "\n");
    std::string unpadded = replaced(age_armor(noise(1, 3)), "==", "");
    std::string leftover = age_armor(Buffer(1));
    leftover[leftover.find("AA==") + 1] = 'B';
    std::string url_alphabet = text;
    url_alphabet[first] = '_';
    for (const std::string& wrong : {long_line,
                                     short_line,
                                     empty_line,
                                     blank,
                                     indented,
                                     split_padding,
                                     unpadded,
                                     leftover,
                                     url_alphabet,
                                     std::string(),
                                     begin_line,
                                     text.substr(0, text.size() - end_line.size()),
                                     text.substr(0, text.size() - 2),
                                     text.substr(first),
                                     "x" + text,
                                     text + "x",
                                     text + text,
                                     replaced(text, "BEGIN AGE", "BEGIN  AGE"),
                                     replaced(text, "AGE ENCRYPTED", "PGP ENCRYPTED"),
                                     replaced(text, "-----BEGIN", "----BEGIN"),
                                     replaced(text, "FILE-----\n", "FILE----- \n"),
                                     replaced(text, "BEGIN", "begin"),
                                     begin_line + "Comment: x\n\n" + text.substr(first),
                                     begin_line + "\n" + text.substr(first),
                                     replaced(text, end_line, "\n" + end_line),
                                     replaced(text, end_line, "=abcd\n" + end_line),
                                     replaced(text, "\n", "\r")}) {
        const auto bytes = from_age_armor(wrong);
        ASSERT_FALSE(bytes) << wrong;
        EXPECT_EQ(bytes.error().kind, ErrorKind::damage);
        EXPECT_EQ(bytes.error().what, "the ASCII armor of the age file is damaged");
        EXPECT_FALSE(bytes.error().cause.empty());
    }
    EXPECT_EQ(from_age_armor(text.substr(0, text.size() - end_line.size())).error().cause,
              "it ends too early");
    EXPECT_EQ(from_age_armor(text + "x").error().cause, "there is more after its end");
}

TEST(AgeArmor, TheBinaryFormIsNotArmored) {
    EXPECT_FALSE(is_age_armor(""));
    EXPECT_FALSE(is_age_armor("age-encryption.org/v1\n"));
    EXPECT_FALSE(is_age_armor(secret_key));
}

}  // namespace
}  // namespace zg::codec
