// An age file's beginning: its header and the nonce, from which and a key everything else follows.
// Source: C2SP age.md. From any thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "codec/age/chunks.hpp"
#include "codec/age/scrypt.hpp"
#include "codec/age/x25519.hpp"

namespace zg::codec {

/// A file that is to be written: first `bytes`, then the chunks, sealed by `chunks`.
struct AgeFile {
    Buffer bytes;  ///< header and nonce
    AgeChunks chunks;
};

/// Whom files are encrypted to.
struct AgeRecipients {
    std::vector<AgeRecipient> keys{};    ///< each opens a file alone
    std::optional<Secret> passphrase{};  ///< in place of keys

    [[nodiscard]] bool empty() const { return keys.empty() && !passphrase; }
};

/// A new file that each of `recipients` can open alone. File key, nonce and what the recipients
/// need are drawn from `random`. usage where there is no recipient, or one that is no key.
Result<AgeFile> begin_age_file(std::span<const AgeRecipient> recipients, Random& random);
/// A new file that who knows `passphrase` can open. usage where it is empty or the work factor is
/// not 1 to 30.
Result<AgeFile> begin_age_file(const Secret& passphrase, Random& random,
                               unsigned work_factor = age_work_factor);
/// A new file to `recipients`, whichever they are. With a passphrase it takes a second and
/// age_scrypt_memory(age_work_factor).
Result<AgeFile> begin_age_file(const AgeRecipients& recipients, Random& random);

/// What is at hand to open files with; files encrypted to recipients are tried with every identity.
struct AgeKeys {
    std::vector<AgeIdentity> identities{};
    std::optional<Secret> passphrase{};
    unsigned work_factor_limit = age_work_factor_limit;
};

/// The chunks of a file with this header, the whole text of it, and this nonce, age_nonce_size
/// bytes. damage where the header is not good or was changed; refused where the header is good as
/// far as can be seen, but no identity fits, or not the passphrase; unsupported where the file is
/// of another version or a passphrase's work factor above the limit.
Result<AgeChunks> open_age_file(std::string_view header, Bytes nonce, const AgeKeys& keys);

}  // namespace zg::codec
