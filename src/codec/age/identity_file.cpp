#include "codec/age/identity_file.hpp"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/age.hpp"
#include "codec/age/armor.hpp"
#include "codec/age/file.hpp"
#include "codec/age/x25519.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

namespace {

/// Keeps secret bytes, which are wiped when they are freed.
class SecretSink final : public Sink {
  public:
    Result<void> write(Bytes bytes) override {
        content.insert(content.end(), bytes.begin(), bytes.end());
        return {};
    }
    SecretBuffer content;
};

std::unexpected<Error> bad_line(ErrorKind kind, std::size_t line, const std::string& what) {
    return fail(
        {.kind = kind,
         .what = "line " + std::to_string(line) + " of the identity file " + what,
         .hint = "an identity begins with AGE-SECRET-KEY-1; age-keygen writes a file with one"});
}

bool is_of_other_type(std::string_view line) {
    return line.starts_with("AGE-SECRET-KEY-PQ-") || line.starts_with("AGE-PLUGIN-") ||
           line.starts_with("-----BEGIN");
}

Result<std::vector<AgeIdentity>> parse(std::string_view text) {
    std::vector<AgeIdentity> identities;
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.starts_with('#')) continue;
        if (is_of_other_type(line))
            return bad_line(ErrorKind::unsupported, number,
                            "is a key of a type that is not supported");
        auto identity = AgeIdentity::parse(line);
        if (!identity && identity.error().kind != ErrorKind::usage)
            return fail(std::move(identity).error());
        if (!identity)
            return bad_line(ErrorKind::usage, number, "is not an identity: mistyped or truncated");
        identities.push_back(std::move(*identity));
    }
    if (identities.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "there is no identity in the identity file",
                     .hint = "age-keygen writes a file with one"});
    return identities;
}

/// An encrypted file without its armor.
Result<Buffer> binary(Bytes file) {
    if (is_age_armor(as_text(file))) return from_age_armor(as_text(file));
    return Buffer(file.begin(), file.end());
}

}  // namespace

bool is_age_identity_file_encrypted(Bytes file) {
    return is_age_armor(as_text(file)) || as_text(file).starts_with("age-encryption.org/");
}

Result<std::vector<AgeIdentity>> read_age_identities(Bytes file,
                                                     const std::optional<Secret>& passphrase,
                                                     unsigned work_factor_limit) {
    if (!is_age_identity_file_encrypted(file)) return parse(as_text(file));
    ZG_TRY(const Buffer encrypted, binary(file));
    const AgeKeys keys{.passphrase = passphrase, .work_factor_limit = work_factor_limit};
    AgeDecoder decoder(keys);
    SecretSink sink;
    ZG_CHECK(decoder.feed(encrypted, sink));
    ZG_CHECK(decoder.finish(sink));
    return parse(as_text(sink.content));
}

Secret age_identity_file(const AgeIdentity& identity, std::string_view created) {
    const Secret key = identity.text();
    const std::string comments = "# created: " + std::string(created) +
                                 "\n# public key: " + identity.recipient().text() + "\n";
    std::string text;
    // At once, so that no copy of the secret is left in memory.
    text.reserve(comments.size() + key.reveal().size() + 1);
    text += comments;
    text += key.reveal();
    text += '\n';
    return Secret(std::move(text));
}

Result<std::string> encrypt_age_identity_file(const Secret& text, const Secret& passphrase,
                                              Random& random, unsigned work_factor) {
    ZG_TRY(AgeFile file, begin_age_file(passphrase, random, work_factor));
    ZG_TRY(const Buffer encrypted, age_encrypt(as_bytes(text.reveal()), std::move(file)));
    return age_armor(encrypted);
}

}  // namespace zg::codec
