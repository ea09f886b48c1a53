// The age project's own test vectors (C2SP CCTV): each file must end as it declares.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/testing/paths.hpp"
#include "codec/age/age.hpp"
#include "codec/age/armor.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/age/x25519.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {
namespace {

const std::filesystem::path folder = std::filesystem::path(shared_dir()) / "age-vectors";

struct Vector {
    std::multimap<std::string, std::string> fields;
    std::string file;

    [[nodiscard]] std::string field(const std::string& name) const {
        const auto found = fields.find(name);
        return found == fields.end() ? std::string{} : found->second;
    }
};

std::string inflated(const std::string& packed) {
    std::string plain(std::size_t{64} << 20U, '\0');
    uLongf size = plain.size();
    EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(plain.data()), &size,
                         reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
              Z_OK);
    plain.resize(size);
    return plain;
}

Vector read_vector(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    Vector vector;
    for (std::string line; std::getline(in, line) && !line.empty();) {
        const std::size_t colon = line.find(": ");
        vector.fields.emplace(line.substr(0, colon), line.substr(colon + 2));
    }
    std::ostringstream rest;
    rest << in.rdbuf();
    vector.file = vector.field("compressed") == "zlib" ? inflated(rest.str()) : rest.str();
    return vector;
}

AgeKeys keys_of(const Vector& vector) {
    AgeKeys keys;
    const auto [first, last] = vector.fields.equal_range("identity");
    for (auto at = first; at != last; ++at)
        keys.identities.push_back(AgeIdentity::parse(at->second).value());
    if (const std::string passphrase = vector.field("passphrase"); !passphrase.empty())
        keys.passphrase = Secret(passphrase);
    return keys;
}

std::string outcome_of(const Error& error) {
    if (error.kind == ErrorKind::refused) return "no match";
    if (error.what.find("payload") != std::string::npos) return "payload failure";
    if (error.cause.find("MAC does not match") != std::string::npos) return "HMAC failure";
    return "header failure";
}

std::string outcome(const Vector& vector, std::size_t step, BufferSink& plaintext) {
    const AgeKeys keys = keys_of(vector);
    AgeDecoder decoder(keys);
    Buffer file = to_buffer(vector.file);
    if (vector.field("armored") == "yes") {
        auto unarmored = from_age_armor(vector.file);
        if (!unarmored) return "armor failure";
        file = std::move(*unarmored);
    }
    for (std::size_t at = 0; at < file.size(); at += step) {
        if (auto fed =
                decoder.feed(Bytes(file).subspan(at, std::min(step, file.size() - at)), plaintext);
            !fed)
            return outcome_of(fed.error());
    }
    auto finished = decoder.finish(plaintext);
    return finished ? "success" : outcome_of(finished.error());
}

TEST(AgeVectors, EachHasTheDeclaredOutcome) {
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " does not exist";
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().filename() == "README.md") continue;
        const Vector vector = read_vector(entry.path());
        for (const std::size_t step :
             {std::size_t{1} << 30U, std::size_t{65'552}, std::size_t{1}}) {
            // A passphrase takes a second, and gives the same result byte by byte as in one piece.
            if (step == 1 && vector.file.size() > 200'000) continue;
            BufferSink plaintext;
            const std::string expected = vector.field("expect");
            EXPECT_EQ(outcome(vector, step, plaintext), expected)
                << entry.path().filename() << " in steps of " << step;
            // A reader may write the good chunks of a damaged payload; ours holds back the last of
            // them.
            EXPECT_TRUE(expected == "success" || plaintext.buffer.size() % age_chunk_size == 0)
                << entry.path().filename();
            if (expected == "success") {
                EXPECT_EQ(sha256(plaintext.buffer).hex(), vector.field("payload"))
                    << entry.path().filename();
            }
        }
        ++count;
    }
    EXPECT_GE(count, 60U);
}

}  // namespace
}  // namespace zg::codec
