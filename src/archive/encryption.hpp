// Whom archives are encrypted to, and what is sealed of their manifests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "catalog/manifest.hpp"
#include "codec/age/file.hpp"
#include "codec/encoding.hpp"

namespace zg::archive {

struct Archives;

/// As the command line says it.
struct EncryptionChoice {
    std::vector<std::string> recipients{};  ///< "age1…"; empty: those of the store's record
    std::optional<Secret> passphrase{};     ///< in place of recipients
};

/// age, to recipients or with a passphrase, or none at all. Any number of threads.
class Encryption {
  public:
    /// None.
    Encryption() = default;
    /// usage if one of `recipients` is not a recipient; there is at least one.
    static Result<Encryption> to(const std::vector<std::string>& recipients);
    static Encryption with(Secret passphrase);

    [[nodiscard]] bool on() const { return !recipients_.empty(); }
    /// What it is if it is on.
    [[nodiscard]] static const codec::Encoding& encoding() { return codec::age_encoding(); }
    /// "none" or "age", as the manifest has it.
    [[nodiscard]] std::string name() const {
        return std::string(on() ? encoding().name : codec::no_encoding);
    }
    [[nodiscard]] const codec::AgeRecipients& recipients() const { return recipients_; }
    /// What the manifest says of the recipients: catalog::recipient_label() of each in order of the
    /// alphabet, or "passphrase".
    [[nodiscard]] std::vector<std::string> labels() const;

    /// An age file of nothing, by which fits() recognizes a passphrase; empty if there is none.
    [[nodiscard]] Result<Buffer> passphrase_proof(Random& random) const;
    /// Whether `file`, made with a passphrase, was made with this one; true if there is none,
    /// since labels() distinguish recipients. damage if it is not an age file.
    [[nodiscard]] Result<bool> fits(Bytes file) const;

  private:
    codec::AgeRecipients recipients_;
};

/// What the choice says, none if it says nothing. usage if it is not a recipient or says two
/// things.
Result<Encryption> read_encryption(const EncryptionChoice& choice);

/// What this run encrypts to: the choice, else what the store was made for. Errors of
/// read_encryption(); usage if the store was made for a passphrase and none is given.
Result<Encryption> choose_encryption(const Archives& archives, const EncryptionChoice& choice);

/// Puts the names of an encrypted archive into `manifest.sealed`, compressed and encrypted.
Result<void> seal_names(catalog::Manifest& manifest, const Encryption& encryption, Random& random);

/// Opens them. refused if no key fits; damage if they were changed.
Result<void> open_names(catalog::Manifest& manifest, const codec::AgeKeys& keys);

/// refused, with the way out, if the archive is encrypted and no key of the engine opens it. It
/// tries on the manifest, which is hot.
Result<void> check_key(const Archives& archives, const catalog::Manifest& archive);

}  // namespace zg::archive
