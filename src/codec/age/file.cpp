#include "codec/age/file.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/error.hpp"
#include "codec/age/file_key.hpp"
#include "codec/age/header.hpp"
#include "codec/age/scrypt.hpp"
#include "codec/age/x25519.hpp"

namespace zg::codec {

namespace {

Result<AgeFile> begin_with(const std::vector<AgeStanza>& stanzas, const AgeFileKey& file_key,
                           Random& random) {
    ZG_TRY(const std::string header, write_age_header(stanzas, file_key));
    Buffer bytes = to_buffer(header);
    bytes.resize(bytes.size() + age_nonce_size);
    const MutableBytes nonce = MutableBytes(bytes).last(age_nonce_size);
    random.fill(nonce);
    ZG_TRY(const auto payload_key, age_payload_key(file_key, nonce));
    ZG_TRY(AgeChunks chunks, AgeChunks::make(payload_key));
    return AgeFile{.bytes = std::move(bytes), .chunks = std::move(chunks)};
}

Result<AgeFileKey> unwrap_by_passphrase(const AgeStanza& stanza, const AgeKeys& keys) {
    if (!keys.passphrase)
        return no_age_key("the age file is protected by a passphrase, but none was given",
                          "give its passphrase");
    ZG_TRY(const auto file_key,
           unwrap_with_passphrase(*keys.passphrase, keys.work_factor_limit, stanza));
    if (!file_key)
        return no_age_key("wrong passphrase for the age file",
                          "check the passphrase: upper and lower case, and the keyboard layout");
    return *file_key;
}

Result<AgeFileKey> unwrap_by_identity(const std::vector<AgeStanza>& stanzas,
                                      const std::vector<AgeIdentity>& identities) {
    for (const AgeIdentity& identity : identities) {
        for (const AgeStanza& stanza : stanzas) {
            // Stanzas after the one that fits are not opened; the MAC proves that they are
            // unchanged.
            ZG_TRY(const auto found, identity.unwrap(stanza));
            if (found) return *found;
        }
    }
    if (identities.empty())
        return no_age_key("the age file is encrypted, but no identity was given",
                          "give the identity that belongs to one of its recipients");
    return no_age_key("this key does not open the data: it was encrypted to another key",
                      "give the identity that belongs to one of its recipients");
}

Result<AgeFileKey> unwrap(const std::vector<AgeStanza>& stanzas, const AgeKeys& keys) {
    if (std::ranges::none_of(stanzas, is_age_scrypt))
        return unwrap_by_identity(stanzas, keys.identities);
    // With a passphrase, the reader trusts that only those who know it can have made the file.
    if (stanzas.size() != 1) return bad_age_header("a scrypt stanza must be the only one");
    return unwrap_by_passphrase(stanzas.front(), keys);
}

}  // namespace

Result<AgeFile> begin_age_file(std::span<const AgeRecipient> recipients, Random& random) {
    if (recipients.empty())
        return fail({.kind = ErrorKind::usage, .what = "there is no recipient to encrypt to"});
    AgeFileKey file_key;
    random.fill(file_key.fill());
    std::vector<AgeStanza> stanzas;
    for (const AgeRecipient& recipient : recipients) {
        ZG_TRY(AgeStanza stanza, recipient.wrap(file_key, random));
        stanzas.push_back(std::move(stanza));
    }
    return begin_with(stanzas, file_key, random);
}

Result<AgeFile> begin_age_file(const Secret& passphrase, Random& random, unsigned work_factor) {
    AgeFileKey file_key;
    random.fill(file_key.fill());
    ZG_TRY(const AgeStanza stanza, wrap_with_passphrase(passphrase, work_factor, file_key, random));
    return begin_with({stanza}, file_key, random);
}

Result<AgeFile> begin_age_file(const AgeRecipients& recipients, Random& random) {
    return recipients.passphrase ? begin_age_file(*recipients.passphrase, random)
                                 : begin_age_file(recipients.keys, random);
}

Result<AgeChunks> open_age_file(std::string_view header, Bytes nonce, const AgeKeys& keys) {
    ZG_TRY(const AgeHeader parsed, parse_age_header(header));
    ZG_TRY(const AgeFileKey file_key, unwrap(parsed.stanzas, keys));
    ZG_CHECK(check_age_header(header, parsed.mac, file_key));
    ZG_TRY(const auto payload_key, age_payload_key(file_key, nonce));
    return AgeChunks::make(payload_key);
}

}  // namespace zg::codec
