// The beginning of an age file: its header and the nonce, which with a key determine everything
// else. Source: C2SP age.md. From any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/scrypt.hpp"
#include "codec/age/x25519.hpp"

namespace zg::codec {

/// A file to be written: first `bytes`, then the chunks, sealed by `chunks`.
struct AgeFile {
    Buffer bytes;  ///< header and nonce
    AgeChunks chunks;
};

/// Whom files are encrypted to.
struct AgeRecipients {
    std::vector<AgeRecipient> keys{};    ///< each can open the file
    std::optional<Secret> passphrase{};  ///< instead of keys

    [[nodiscard]] bool empty() const { return keys.empty() && !passphrase; }
};

/// A new file that each of `recipients` can open. File key, nonce and ephemeral secrets come from
/// `random`. usage if there is no recipient, or one is not a valid key.
Result<AgeFile> begin_age_file(std::span<const AgeRecipient> recipients, Random& random);
/// A new file that can be opened with `passphrase`. usage if it is empty or the work factor is not
/// 1 to 30.
Result<AgeFile> begin_age_file(const Secret& passphrase, Random& random,
                               unsigned work_factor = age_work_factor);
/// A new file to `recipients` of either kind. With a passphrase, this takes a second and
/// age_scrypt_memory(age_work_factor).
Result<AgeFile> begin_age_file(const AgeRecipients& recipients, Random& random);

/// The keys to open files with; for files encrypted to recipients, every identity is tried.
struct AgeKeys {
    std::vector<AgeIdentity> identities{};
    std::optional<Secret> passphrase{};
    unsigned work_factor_limit = age_work_factor_limit;
};

/// The chunks of a file with this header, its whole text, and this nonce, age_nonce_size bytes.
/// damage if the header is invalid or was changed; refused if the header seems good, but no
/// identity or not the passphrase fits; unsupported if the file is of another version or a
/// passphrase's work factor is above the limit.
Result<AgeChunks> open_age_file(std::string_view header, Bytes nonce, const AgeKeys& keys);

}  // namespace zg::codec
