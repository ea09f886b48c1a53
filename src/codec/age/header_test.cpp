#include "codec/age/header.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/age/testing/age_files.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {
namespace {

using namespace codec::testing;

const std::string version = "age-encryption.org/v1\n";
const std::string zero_mac = "--- " + std::string(43, 'A') + "\n";

std::string written(const std::vector<AgeStanza>& stanzas, const Sha256Digest& mac = {}) {
    return age_header_before_mac(stanzas) + age_header_mac_text(mac);
}

Buffer bytes_of(std::size_t size) { return Buffer(size, std::byte{0}); }

TEST(AgeHeader, IsWrittenExactly) {
    EXPECT_EQ(written({{.arguments = {"X25519", "share"}, .body = bytes_of(32)}}),
              version + "-> X25519 share\n" + std::string(43, 'A') + "\n" + zero_mac);
    EXPECT_EQ(written({{.arguments = {"empty"}, .body = {}}}), version + "-> empty\n\n" + zero_mac);
    EXPECT_EQ(written({{.arguments = {"full"}, .body = bytes_of(48)}}),
              version + "-> full\n" + std::string(64, 'A') + "\n\n" + zero_mac);
    EXPECT_EQ(written({{.arguments = {"longer"}, .body = bytes_of(49)}}),
              version + "-> longer\n" + std::string(64, 'A') + "\nAA\n" + zero_mac);
}

TEST(AgeHeader, EveryBodyIsReadBack) {
    for (std::size_t size = 0; size < 200; ++size) {
        const std::vector<AgeStanza> stanzas{
            {.arguments = {"one", "!", "~~~"}, .body = noise(size, static_cast<unsigned>(size))},
            {.arguments = {"two"}, .body = noise(199 - size, 7)}};
        const Sha256Digest mac = sha256(stanzas.front().body);
        const std::string text = written(stanzas, mac);
        const auto parsed = parse_age_header(text);
        ASSERT_TRUE(parsed) << parsed.error().message();
        EXPECT_EQ(parsed->mac, mac);
        ASSERT_EQ(parsed->stanzas.size(), 2U);
        for (std::size_t i = 0; i < 2; ++i) {
            EXPECT_EQ(parsed->stanzas[i].arguments, stanzas[i].arguments);
            EXPECT_EQ(parsed->stanzas[i].body, stanzas[i].body);
        }
        EXPECT_EQ(age_header_before_mac(text), age_header_before_mac(stanzas));
    }
}

TEST(AgeHeader, EveryViolationIsRefusedWithItsCause) {
    const std::string body = std::string(43, 'A') + "\n";
    const std::string full = std::string(64, 'A') + "\n";
    const auto cause = [](const std::string& text) {
        const auto parsed = parse_age_header(text);
        EXPECT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().kind, ErrorKind::damage) << text;
        return parsed.error().cause;
    };
    EXPECT_EQ(cause(""), "it ends too early");
    EXPECT_EQ(cause(version), "it ends too early");
    EXPECT_EQ(cause("age-encryption.org/v1\r\n" + zero_mac),
              "an age file does not begin like this");
    EXPECT_EQ(cause("age-encryption.org/\n" + zero_mac), "an age file does not begin like this");
    EXPECT_EQ(cause("Age-encryption.org/v1\n" + zero_mac), "an age file does not begin like this");
    EXPECT_EQ(cause(version + zero_mac), "it has no stanza");
    const std::string wrong_start = "stanza 1: it does not begin with \"-> \"";
    for (const std::string start : {"->X", "-->", "=> X", " -> X", "> X", ""})
        EXPECT_EQ(cause(version + start + "\n" + body + zero_mac), wrong_start) << start;
    for (const std::string arguments : {"", " X", "X ", "X  Y"})
        EXPECT_EQ(cause(version + "-> " + arguments + "\n" + body + zero_mac),
                  "stanza 1: an argument is empty")
            << arguments;
    for (const std::string& arguments :
         {std::string("X\tY"), std::string("X\r"), std::string("X\x7f"), std::string("\xc3\xa4"),
          std::string("X\0", 2)})
        EXPECT_EQ(cause(version + "-> " + arguments + "\n" + body + zero_mac),
                  "stanza 1: an argument has an invalid character")
            << arguments;
    const std::string bad_body =
        "stanza 2: its body is not base64 in lines of 64 columns with a shorter one at the end";
    const std::string first = version + "-> one\n" + body + "-> two\n";
    for (const std::string& wrong :
         {std::string("A\n"), std::string("AA==\n"), std::string("AB\n"), std::string("A-A\n"),
          std::string("AAA\r\n"), std::string(" AA\n"), std::string(68, 'A') + "\n", full})
        EXPECT_EQ(cause(first + wrong + zero_mac), bad_body) << wrong;
    EXPECT_EQ(cause(first + zero_mac), bad_body);
    EXPECT_EQ(cause(first + full), "stanza 2: it ends too early");
    EXPECT_EQ(cause(first + "\n\n" + zero_mac), "stanza 3: it does not begin with \"-> \"");
    const std::string good = version + "-> one\n" + body;
    const std::string mac(43, 'A');
    for (const std::string& wrong :
         {std::string("---"), "---" + mac, "---  " + mac, "--- " + mac + " ", "--- " + mac + "=",
          "--- " + mac.substr(1), "--- " + mac + "A", "--- " + mac.substr(1) + "B",
          std::string("--- ")})
        EXPECT_EQ(cause(good + wrong + "\n"), "its last line does not hold a MAC") << wrong;
    EXPECT_EQ(cause(good + "--- " + mac), "it ends too early");
    EXPECT_EQ(cause(good + zero_mac + "x"), "there is more after its MAC");
}

TEST(AgeHeader, AnotherVersionIsNotDamage) {
    for (const std::string name : {"v2", "v1.1", "v10", "v1 "}) {
        const auto parsed = parse_age_header("age-encryption.org/" + name + "\n" + zero_mac);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().kind, name == "v1 " ? ErrorKind::damage : ErrorKind::unsupported)
            << name;
        AgeHeaderReader reader;
        EXPECT_EQ(reader.take(as_bytes("age-encryption.org/" + name + "\n")).error().kind,
                  parsed.error().kind)
            << name;
    }
}

/// Writing a parsed header gives the same text, so no two headers mean the same.
TEST(AgeHeader, OnlyTheWrittenFormParses) {
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    const std::string good = written({{.arguments = {"X25519", "abc"}, .body = noise(32, 1)},
                                      {.arguments = {"grease"}, .body = noise(96, 2)}},
                                     sha256({}));
    const std::string characters = "\n\r \t->=AZaz09+/~\x7f" + std::string(1, '\0');
    std::size_t parsed_count = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = good;
        for (std::size_t changes = 1 + random() % 2; changes > 0; --changes) {
            const std::size_t at = random() % text.size();
            const char c = characters[random() % characters.size()];
            if (random() % 3 == 0)
                text.insert(at, 1, c);
            else if (random() % 2 == 0)
                text.erase(at, 1);
            else
                text[at] = c;
        }
        const auto parsed = parse_age_header(text);
        if (!parsed) continue;
        ++parsed_count;
        ASSERT_EQ(written(parsed->stanzas, parsed->mac), text) << "seed " << seed;
    }
    EXPECT_GT(parsed_count, 1000U) << "seed " << seed;
}

TEST(AgeHeaderReader, FindsTheEndInAnySteps) {
    const std::string header = written({{.arguments = {"X25519", "abc"}, .body = noise(96, 1)}});
    const std::string file = header + "---\n--- and more";
    for (std::size_t step = 1; step <= file.size(); ++step) {
        AgeHeaderReader reader;
        std::size_t taken = 0;
        for (std::size_t at = 0; at < file.size(); at += step)
            taken +=
                reader.take(as_bytes(file).subspan(at, std::min(step, file.size() - at))).value();
        EXPECT_TRUE(reader.complete());
        EXPECT_EQ(taken, header.size());
        EXPECT_EQ(reader.text(), header);
    }
}

TEST(AgeHeaderReader, RefusesAnotherFormatAtOnce) {
    for (const std::string text :
         {"\n", "b", "age-encryption.orgX", "-----BEGIN AGE ENCRYPTED FILE-----",
          "age-encryption.org/v1\r\n"}) {
        AgeHeaderReader reader;
        const auto taken = reader.take(as_bytes(text));
        ASSERT_FALSE(taken) << text;
        EXPECT_EQ(taken.error().cause, "an age file does not begin like this");
    }
}

TEST(AgeHeaderReader, TakesNoMoreThanAMebibyte) {
    for (const std::string& line : {std::string("-> grease\n\n"), std::string(1000, 'A')}) {
        AgeHeaderReader reader;
        Result<std::size_t> taken = reader.take(as_bytes(version));
        for (std::size_t fed = 0; taken && fed < 2 * age_header_max; fed += line.size()) {
            taken = reader.take(as_bytes(line));
            ASSERT_LE(reader.text().size(), age_header_max);
        }
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error().cause, "it is longer than 1 MiB");
    }
    AgeHeaderReader reader;
    std::string header = version + "-> x\n";
    while (header.size() + 65 + 1 + zero_mac.size() <= age_header_max)
        header += std::string(64, 'A') + "\n";
    header += "\n" + zero_mac;
    EXPECT_EQ(reader.take(as_bytes(header)).value(), header.size());
    EXPECT_TRUE(parse_age_header(reader.text()));
}

}  // namespace
}  // namespace zg::codec
