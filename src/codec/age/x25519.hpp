// Recipients and identities of age: X25519 key pairs. Source: C2SP age.md, "The X25519 recipient
// type". From any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/file_key.hpp"
#include "codec/age/header.hpp"
#include "codec/x25519.hpp"

namespace zg::codec {

/// The public half, which a file is encrypted to.
class AgeRecipient {
  public:
    /// Parses "age1…". usage if it is invalid; unsupported if it is a key of another type. The
    /// error never shows `text`, which may be a secret key given by mistake.
    static Result<AgeRecipient> parse(std::string_view text);
    explicit AgeRecipient(const X25519Point& point) : point_(point) {}
    [[nodiscard]] std::string text() const;
    [[nodiscard]] const X25519Point& point() const { return point_; }
    bool operator==(const AgeRecipient&) const = default;

    /// A stanza with the file key for this recipient, by an ephemeral secret from `random`. usage
    /// if the recipient's point is not a valid public key.
    [[nodiscard]] Result<AgeStanza> wrap(const AgeFileKey& file_key, Random& random) const;

  private:
    X25519Point point_;
};

/// The secret half. Has no formatter; its bytes are wiped.
class AgeIdentity {
  public:
    /// A new identity, from `random`.
    static Result<AgeIdentity> generate(Random& random);
    /// Parses "AGE-SECRET-KEY-1…". usage if it is invalid; the error does not show it.
    static Result<AgeIdentity> parse(std::string_view text);
    [[nodiscard]] Secret text() const;
    [[nodiscard]] const AgeRecipient& recipient() const { return recipient_; }

    /// The file key, or nothing if `stanza` is of another type or for another recipient. damage if
    /// it is of this type and invalid.
    [[nodiscard]] Result<std::optional<AgeFileKey>> unwrap(const AgeStanza& stanza) const;

  private:
    AgeIdentity(const X25519Secret& secret, const AgeRecipient& recipient)
        : secret_(secret), recipient_(recipient) {}
    static Result<AgeIdentity> from_secret(const X25519Secret& secret);
    X25519Secret secret_;
    AgeRecipient recipient_;
};

}  // namespace zg::codec
