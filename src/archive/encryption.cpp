#include "archive/encryption.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "archive/engine.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "catalog/manifest.hpp"
#include "codec/age/age.hpp"
#include "codec/age/file.hpp"
#include "codec/age/x25519.hpp"
#include "codec/encoding.hpp"
#include "codec/transform.hpp"
#include "codec/zstd.hpp"

namespace zg::archive {

namespace {

constexpr int names_level = 9;
constexpr const char* give_identity =
    "give the key: --identity FILE, the file that `zglacier key generate` or age-keygen wrote (or "
    "--passphrase-file)";

/// What all of `bytes` decode to.
Result<Buffer> decode(codec::Transform& decoder, Bytes bytes) {
    BufferSink content;
    ZG_CHECK(decoder.feed(bytes, content));
    ZG_CHECK(decoder.finish(content));
    return std::move(content.buffer);
}

Result<Buffer> unseal(Bytes sealed, const codec::AgeKeys& keys) {
    codec::Encodings encodings;
    encodings.add(codec::zstd_encoding());
    encodings.add(codec::age_encoding());
    codec::Chain decoder = encodings.decoder(keys);
    return decode(decoder, sealed);
}

}  // namespace

Result<Encryption> Encryption::to(const std::vector<std::string>& recipients) {
    Encryption encryption;
    for (const std::string& text : recipients) {
        auto parsed = codec::AgeRecipient::parse(text);
        if (!parsed && parsed.error().hint.empty())
            parsed.error().hint =
                "a recipient is the public key, age1…: `zglacier key generate` shows it, and so "
                "does the identity file";
        ZG_TRY(const codec::AgeRecipient recipient, std::move(parsed));
        std::vector<codec::AgeRecipient>& keys = encryption.recipients_.keys;
        if (std::ranges::find(keys, recipient) == keys.end()) keys.push_back(recipient);
    }
    return encryption;
}

Encryption Encryption::with(Secret passphrase) {
    Encryption encryption;
    encryption.recipients_.passphrase = std::move(passphrase);
    return encryption;
}

std::vector<std::string> Encryption::labels() const {
    if (recipients_.passphrase) return {"passphrase"};
    std::vector<std::string> labels;
    for (const codec::AgeRecipient& recipient : recipients_.keys)
        labels.push_back(catalog::recipient_label(recipient.text()));
    std::ranges::sort(labels);
    return labels;
}

Result<Buffer> Encryption::passphrase_proof(Random& random) const {
    if (!recipients_.passphrase) return Buffer{};
    ZG_TRY(codec::AgeFile file, codec::begin_age_file(recipients_, random));
    return codec::age_encrypt({}, std::move(file));
}

Result<bool> Encryption::fits(Bytes file) const {
    if (!recipients_.passphrase) return true;
    codec::AgeKeys keys;
    keys.passphrase = recipients_.passphrase;
    codec::AgeDecoder decoder(keys);
    auto opened = decode(decoder, file);
    if (!opened && opened.error().kind != ErrorKind::refused)
        return fail(std::move(opened.error()));
    return opened.has_value();
}

Result<Encryption> read_encryption(const EncryptionChoice& choice) {
    if (choice.passphrase && !choice.recipients.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "an archive is encrypted either to recipients or with a passphrase",
                     .hint = "give --recipient or --passphrase-file, not both"});
    return choice.passphrase ? Encryption::with(*choice.passphrase)
                             : Encryption::to(choice.recipients);
}

Result<Encryption> choose_encryption(const Archives& archives, const EncryptionChoice& choice) {
    if (choice.passphrase || !choice.recipients.empty()) return read_encryption(choice);
    if (archives.needs_passphrase)
        return fail(
            {.kind = ErrorKind::usage,
             .what =
                 "the store was made for archives encrypted with a passphrase, and none was given",
             .where = archives.store.url(),
             .hint = "give --passphrase-file FILE, or --recipient to encrypt to a key instead"});
    return Encryption::to(archives.recipients);
}

Result<void> seal_names(catalog::Manifest& manifest, const Encryption& encryption, Random& random) {
    ZG_TRY(const Buffer compressed,
           codec::zstd_frame(as_bytes(catalog::private_json(manifest)), names_level));
    ZG_TRY(codec::AgeFile file, codec::begin_age_file(encryption.recipients(), random));
    ZG_TRY(manifest.sealed, codec::age_encrypt(compressed, std::move(file)));
    return {};
}

Result<void> open_names(catalog::Manifest& manifest, const codec::AgeKeys& keys) {
    if (manifest.opened) return {};
    ZG_TRY(const Buffer names, unseal(manifest.sealed, keys));
    return catalog::read_private_json(manifest, names);
}

Result<void> check_key(const Archives& archives, const catalog::Manifest& archive) {
    if (!archive.encrypted()) return {};
    auto names = unseal(archive.sealed, archives.keys);
    if (names) return {};
    Error error = std::move(names.error());
    if (error.kind == ErrorKind::refused) error.hint = give_identity;
    error.where = archive.archive_id;
    return fail(std::move(error));
}

}  // namespace zg::archive
