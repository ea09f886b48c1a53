#include "archive/encryption.hpp"

#include <algorithm>

#include "archive/engine.hpp"
#include "codec/zstd.hpp"

namespace zg::archive {

namespace {

constexpr int names_level = 9;
constexpr const char* give_identity =
    "give the key: --identity FILE, the file that `zglacier key generate` or age-keygen wrote (or "
    "--passphrase-file)";

/// What one whole age file holds.
Result<Buffer> open_file(Bytes file, const codec::AgeKeys& keys) {
    codec::AgeDecoder age(keys);
    BufferSink content;
    ZG_CHECK(age.update(file, content));
    ZG_CHECK(age.finish(content));
    return std::move(content.buffer);
}

Result<Buffer> unseal(Bytes sealed, const codec::AgeKeys& keys) {
    ZG_TRY(const Buffer compressed, open_file(sealed, keys));
    codec::ZstdDecoder zstd;
    BufferSink names;
    ZG_CHECK(zstd.update(compressed, names));
    ZG_CHECK(zstd.finish());
    return std::move(names.buffer);
}

}  // namespace

Result<Encryption> Encryption::to(const std::vector<std::string>& recipients) {
    Encryption encryption;
    for (const std::string& text : recipients) {
        auto parsed = codec::AgeRecipient::parse(text);
        if (!parsed && parsed.error().hint.empty())
            parsed.error().hint =
                "a recipient is the public key, age1…: `zglacier key generate` shows it, and it "
                "stands in the identity file";
        ZG_TRY(const codec::AgeRecipient recipient, std::move(parsed));
        if (std::ranges::find(encryption.recipients_, recipient) == encryption.recipients_.end())
            encryption.recipients_.push_back(recipient);
    }
    return encryption;
}

Encryption Encryption::with(Secret passphrase) {
    Encryption encryption;
    encryption.passphrase_ = std::move(passphrase);
    return encryption;
}

std::vector<std::string> Encryption::labels() const {
    if (passphrase_) return {"passphrase"};
    std::vector<std::string> labels;
    for (const codec::AgeRecipient& recipient : recipients_)
        labels.push_back(catalog::recipient_label(recipient.text()));
    std::ranges::sort(labels);
    return labels;
}

Result<codec::AgeFile> Encryption::begin_file(Random& random) const {
    return passphrase_ ? codec::begin_age_file(*passphrase_, random)
                       : codec::begin_age_file(recipients_, random);
}

Result<Buffer> Encryption::passphrase_proof(Random& random) const {
    if (!passphrase_) return Buffer{};
    ZG_TRY(codec::AgeFile file, begin_file(random));
    return codec::age_encrypt({}, std::move(file));
}

Result<bool> Encryption::fits(Bytes file) const {
    if (!passphrase_) return true;
    codec::AgeKeys keys;
    keys.passphrase = passphrase_;
    auto opened = open_file(file, keys);
    if (!opened && opened.error().kind != ErrorKind::refused)
        return fail(std::move(opened.error()));
    return opened.has_value();
}

Result<Encryption> read_encryption(const EncryptionChoice& choice) {
    if (choice.passphrase && !choice.recipients.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "an archive is encrypted either to recipients or with a passphrase",
                     .hint = "leave one of --recipient and --passphrase-file away"});
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
    ZG_TRY(codec::AgeFile file, encryption.begin_file(random));
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
