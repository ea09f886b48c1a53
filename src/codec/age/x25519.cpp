#include "codec/age/x25519.hpp"

#include <algorithm>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/bech32.hpp"
#include "codec/age/error.hpp"
#include "codec/age/file_key.hpp"
#include "codec/age/header.hpp"
#include "codec/base64.hpp"
#include "codec/key_derivation.hpp"
#include "codec/secret_bytes.hpp"
#include "codec/x25519.hpp"

namespace zg::codec {

namespace {

constexpr std::string_view stanza_type = "X25519";
constexpr std::string_view recipient_prefix = "age";
constexpr std::string_view identity_prefix = "AGE-SECRET-KEY-";

/// Derives the key that wraps the file key from the shared secret.
Result<SecretBytes<32>> derive_wrap_key(const SecretBytes<32>& shared, const X25519Point& share,
                                        const X25519Point& recipient) {
    Buffer salt(share.begin(), share.end());
    salt.insert(salt.end(), recipient.begin(), recipient.end());
    return hkdf_sha256(shared.reveal(), salt, "age-encryption.org/v1/X25519");
}

/// The ephemeral share in a stanza of this type.
Result<X25519Point> share_in(const AgeStanza& stanza) {
    if (stanza.arguments.size() != 2) return bad_age_header("an X25519 stanza has two arguments");
    X25519Point share{};
    const auto bytes = from_base64_unpadded(stanza.arguments[1]);
    if (!bytes || bytes->size() != share.size())
        return bad_age_header("an X25519 stanza has a share of 32 bytes");
    // Checked before it is opened: with another size, an attacker could learn which keys open it.
    if (stanza.body.size() != age_wrapped_size)
        return bad_age_header("an X25519 stanza has a body of 32 bytes");
    std::ranges::copy(*bytes, share.begin());
    return share;
}

std::unexpected<Error> no_recipient(ErrorKind kind, std::string what) {
    return fail(
        {.kind = kind,
         .what = std::move(what),
         .hint = "a recipient begins with age1 and is the public key that age-keygen prints"});
}

}  // namespace

Result<AgeRecipient> AgeRecipient::parse(std::string_view text) {
    if (text.starts_with("AGE-SECRET-KEY-") || text.starts_with("AGE-PLUGIN-"))
        return no_recipient(ErrorKind::usage, "this is a secret key, but a recipient is needed");
    if (text.starts_with("ssh-") || text.starts_with("age1pq1") || text.starts_with("age1tag"))
        return no_recipient(ErrorKind::unsupported,
                            "only recipients of the type X25519 are supported");
    const auto decoded = from_bech32(text);
    if (!decoded)
        return no_recipient(ErrorKind::usage,
                            "this is not a recipient of age: mistyped or truncated");
    X25519Point point{};
    if (decoded->prefix != recipient_prefix || decoded->bytes.size() != point.size())
        return no_recipient(ErrorKind::usage, "this is not a recipient of age of the type X25519");
    std::ranges::copy(decoded->bytes, point.begin());
    return AgeRecipient(point);
}

std::string AgeRecipient::text() const { return bech32(recipient_prefix, point_).reveal(); }

Result<AgeStanza> AgeRecipient::wrap(const AgeFileKey& file_key, Random& random) const {
    X25519Secret ephemeral;
    random.fill(ephemeral.fill());
    ZG_TRY(const X25519Point share, x25519_public(ephemeral));
    ZG_TRY(const auto shared, x25519_shared(ephemeral, point_));
    if (!shared) return no_recipient(ErrorKind::usage, "this recipient is not a valid public key");
    ZG_TRY(const auto wrap_key, derive_wrap_key(*shared, share, point_));
    ZG_TRY(Buffer body, wrap_age_file_key(wrap_key, file_key));
    return AgeStanza{.arguments = {std::string(stanza_type), base64_unpadded(share)},
                     .body = std::move(body)};
}

Result<AgeIdentity> AgeIdentity::from_secret(const X25519Secret& secret) {
    ZG_TRY(const X25519Point point, x25519_public(secret));
    return AgeIdentity(secret, AgeRecipient(point));
}

Result<AgeIdentity> AgeIdentity::generate(Random& random) {
    X25519Secret secret;
    random.fill(secret.fill());
    return from_secret(secret);
}

Result<AgeIdentity> AgeIdentity::parse(std::string_view text) {
    X25519Secret secret;
    const auto decoded = from_bech32(text);
    if (!decoded || decoded->prefix != identity_prefix ||
        decoded->bytes.size() != secret.fill().size())
        return fail({.kind = ErrorKind::usage,
                     .what = "this is not an identity of age of the type X25519",
                     .hint = "an identity begins with AGE-SECRET-KEY-1; age-keygen makes one"});
    std::ranges::copy(decoded->bytes, secret.fill().begin());
    return from_secret(secret);
}

Secret AgeIdentity::text() const { return bech32(identity_prefix, secret_.reveal()); }

Result<std::optional<AgeFileKey>> AgeIdentity::unwrap(const AgeStanza& stanza) const {
    if (stanza.arguments.front() != stanza_type) return std::nullopt;
    ZG_TRY(const X25519Point share, share_in(stanza));
    ZG_TRY(const auto shared, x25519_shared(secret_, share));
    if (!shared)
        return bad_age_header("an X25519 stanza has a share of low order, which is invalid");
    ZG_TRY(const auto wrap_key, derive_wrap_key(*shared, share, recipient_.point()));
    return unwrap_age_file_key(wrap_key, stanza.body);
}

}  // namespace zg::codec
