// Debian's `age` and `age-keygen` open our files, and vice versa.
#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <ios>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/subprocess.hpp"
#include "base/testing/temporary_folder.hpp"
#include "codec/age/age.hpp"
#include "codec/age/armor.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/age/identity_file.hpp"
#include "codec/age/x25519.hpp"

namespace zg::codec {
namespace {

constexpr std::size_t most = std::size_t{32} << 20U;

class AgeTool : public testing::Test {
  protected:
    void SetUp() override {
        const auto version = run(Environment(), {"age", "--version"});
        if (!version || version->code != 0) GTEST_SKIP() << "age is not installed";
    }

    [[nodiscard]] std::string path(const std::string& name) const {
        return folder.path() + "/" + name;
    }
    [[nodiscard]] std::string write(const std::string& name, Bytes bytes) const {
        std::ofstream(path(name), std::ios::binary) << as_text(bytes);
        return path(name);
    }
    static void tool(const std::vector<std::string>& arguments) {
        const auto ended = run(Environment(), arguments);
        ASSERT_TRUE(ended) << ended.error().message();
        ASSERT_EQ(ended->code, 0) << ended->error_text;
    }
    [[nodiscard]] std::vector<AgeIdentity> make_key(const std::string& name) const {
        tool({"age-keygen", "-o", path(name)});
        auto keys = read_age_identities(read_file(path(name), most).value());
        EXPECT_TRUE(keys) << keys.error().message();
        return *keys;
    }

    static Buffer content(std::size_t size) {
        Buffer bytes(size);
        SystemRandom().fill(bytes);
        return bytes;
    }

    TemporaryFolder folder;
    SystemRandom random;
};

TEST_F(AgeTool, OpensFilesThatWeEncryptToItsKeys) {
    const auto one = make_key("one.key");
    const auto other = make_key("other.key");
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, age_chunk_size, 5 * age_chunk_size + 3}) {
        const Buffer plaintext = content(size);
        const std::string file = write(
            "ours.age",
            age_encrypt(plaintext,
                        begin_age_file(
                            std::vector{one.front().recipient(), other.front().recipient()}, random)
                            .value())
                .value());
        for (const char* key : {"one.key", "other.key"}) {
            const auto opened = run(Environment(), {"age", "-d", "-i", path(key), file});
            ASSERT_TRUE(opened);
            EXPECT_EQ(opened->code, 0) << opened->error_text;
            EXPECT_EQ(opened->out, as_text(plaintext)) << size;
        }
    }
}

TEST_F(AgeTool, EncryptsFilesThatWeOpen) {
    const AgeIdentity ours = AgeIdentity::generate(random).value();
    const auto theirs = make_key("theirs.key");
    const AgeKeys keys{.identities = {ours}};
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, age_chunk_size, 5 * age_chunk_size + 3}) {
        const Buffer plaintext = content(size);
        tool({"age", "-r", theirs.front().recipient().text(), "-r", ours.recipient().text(), "-o",
              path("theirs.age"), write("plain", plaintext)});
        AgeDecoder decoder(keys);
        BufferSink opened;
        ASSERT_TRUE(decoder.feed(read_file(path("theirs.age"), most).value(), opened));
        ASSERT_TRUE(decoder.finish(opened));
        EXPECT_EQ(opened.buffer, plaintext) << size;
    }
}

TEST_F(AgeTool, AcceptsOurIdentityFiles) {
    const AgeIdentity ours = AgeIdentity::generate(random).value();
    const std::string key =
        write("ours.key", as_bytes(age_identity_file(ours, "2026-11-23T02:00:00Z").reveal()));
    tool({"age", "-r", ours.recipient().text(), "-o", path("sealed"),
          write("plain", as_bytes("a word"))});
    tool({"age", "-d", "-i", key, "-o", path("back"), path("sealed")});
    EXPECT_EQ(as_text(read_file(path("back"), most).value()), "a word");
    const auto recipient = run(Environment(), {"age-keygen", "-y", key});
    ASSERT_TRUE(recipient);
    EXPECT_EQ(recipient->out, ours.recipient().text() + "\n");
}

TEST_F(AgeTool, AcceptsFilesOfManyChunksThroughAPipe) {
    const auto key = make_key("theirs.key");
    const Buffer plaintext = content(300 * age_chunk_size + 1);
    const std::string file = write(
        "ours.age",
        age_encrypt(plaintext, begin_age_file(std::vector{key.front().recipient()}, random).value())
            .value());
    tool({"sh", "-c",
          "age -d -i " + path("theirs.key") + " <" + file + " | age -r " +
              key.front().recipient().text() + " >" + path("again.age")});
    EXPECT_TRUE(read_file(path("again.age"), most).value() != read_file(file, most).value());
    const AgeKeys keys{.identities = key};
    AgeDecoder decoder(keys);
    BufferSink opened;
    ASSERT_TRUE(decoder.feed(read_file(path("again.age"), most).value(), opened));
    ASSERT_TRUE(decoder.finish(opened));
    EXPECT_TRUE(opened.buffer == plaintext);
}

TEST_F(AgeTool, RefusesFilesThatWeRefuse) {
    const auto key = make_key("theirs.key");
    const AgeKeys keys{.identities = key};
    const Buffer file =
        age_encrypt(content(2 * age_chunk_size),
                    begin_age_file(std::vector{key.front().recipient()}, random).value())
            .value();
    for (const std::size_t size :
         {file.size() - 1, file.size() - age_sealed_chunk_size, std::size_t{100}}) {
        const auto opened = run(Environment(), {"age", "-d", "-i", path("theirs.key"),
                                                write("cut.age", Bytes(file).first(size))});
        ASSERT_TRUE(opened);
        EXPECT_NE(opened->code, 0) << size;
        AgeDecoder decoder(keys);
        BufferSink sink;
        EXPECT_FALSE(decoder.feed(Bytes(file).first(size), sink) && decoder.finish(sink)) << size;
    }
}

TEST_F(AgeTool, ItsArmorIsTheSameAsOurs) {
    const auto key = make_key("theirs.key");
    tool({"age", "-a", "-r", key.front().recipient().text(), "-o", path("theirs.age"),
          write("plain", content(1000))});
    const Buffer armored = read_file(path("theirs.age"), most).value();
    const auto file = from_age_armor(as_text(armored));
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(age_armor(*file), as_text(armored));
    tool({"age", "-d", "-i", path("theirs.key"), "-o", path("back"),
          write("ours.age", as_bytes(age_armor(*file)))});
    EXPECT_EQ(read_file(path("back"), most).value(), read_file(path("plain"), most).value());
}

/// Tests in which it asks for a passphrase.
class AgeToolOnTerminal : public AgeTool {
  protected:
    /// age asks only on a terminal, which `script` provides; typed input waits there. Each line of
    /// `typed` ends with "\\n".
    static void on_terminal(const std::string& command, const std::string& typed) {
        tool({"sh", "-c",
              "printf '" + typed + "' | timeout 120 script -qec '" + command + "' /dev/null"});
    }
    [[nodiscard]] Result<Buffer> open(Bytes file) const {
        const AgeKeys keys{.passphrase = Secret("open sesame")};
        AgeDecoder decoder(keys);
        BufferSink opened;
        ZG_CHECK(decoder.feed(file, opened));
        ZG_CHECK(decoder.finish(opened));
        return std::move(opened.buffer);
    }
};

TEST_F(AgeToolOnTerminal, OpensFilesThatWeEncryptWithAPassphrase) {
    const std::string file = write(
        "ours.age",
        age_encrypt(as_bytes("a word"), begin_age_file(Secret("open sesame"), random, 10).value())
            .value());
    on_terminal("age -d -o " + path("plain") + " " + file, "open sesame\\n");
    EXPECT_EQ(as_text(read_file(path("plain"), most).value()), "a word");
}

TEST_F(AgeToolOnTerminal, EncryptsFilesWithAPassphraseThatWeOpen) {
    on_terminal("age -p -o " + path("theirs.age") + " " + write("plain", as_bytes("a word")),
                "open sesame\\nopen sesame\\n");
    const auto opened = open(read_file(path("theirs.age"), most).value());
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(as_text(*opened), "a word");
}

TEST_F(AgeToolOnTerminal, ProtectsIdentityFilesThatWeRead) {
    const auto key = make_key("theirs.key");
    on_terminal("age -p -a -o " + path("protected.key") + " " + path("theirs.key"),
                "open sesame\\nopen sesame\\n");
    const Buffer file = read_file(path("protected.key"), most).value();
    EXPECT_TRUE(is_age_identity_file_encrypted(file));
    EXPECT_EQ(read_age_identities(file, Secret("close sesame")).error().kind, ErrorKind::refused);
    const auto read = read_age_identities(file, Secret("open sesame"));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->front().recipient(), key.front().recipient());
}

TEST_F(AgeToolOnTerminal, AcceptsIdentityFilesThatWeProtect) {
    const AgeIdentity ours = AgeIdentity::generate(random).value();
    const auto armored = encrypt_age_identity_file(age_identity_file(ours, "2026-11-23T02:00:00Z"),
                                                   Secret("open sesame"), random, 10);
    const std::string key = write("ours.key", as_bytes(armored.value()));
    const std::string file =
        write("ours.age", age_encrypt(as_bytes("a word"),
                                      begin_age_file(std::vector{ours.recipient()}, random).value())
                              .value());
    on_terminal("age -d -i " + key + " -o " + path("plain") + " " + file, "open sesame\\n");
    EXPECT_EQ(as_text(read_file(path("plain"), most).value()), "a word");
}

}  // namespace
}  // namespace zg::codec
