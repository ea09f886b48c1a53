// Reads keys from files of identities and passphrases, and makes new ones.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/world.hpp"
#include "codec/age/file.hpp"
#include "ops/context.hpp"

namespace zg::ops {

/// The keys that open encrypted archives.
using Keys = codec::AgeKeys;

/// Where keys come from.
struct KeySources {
    /// as age-keygen writes them; may be protected by a passphrase
    std::vector<std::string> identity_files{};
    std::string passphrase_file{};  ///< its first line is the passphrase; empty: none
    /// Asks the user for the passphrase of the given file, if it is protected and there is no
    /// passphrase file.
    std::function<Result<Secret>(const std::string& of)> ask{};
};

/// Reads them all. Errors: usage if a file is not a key file, refused if its passphrase is wrong;
/// `where` is the file. Messages never show a key.
Result<Keys> read_keys(const KeySources& sources);
/// The first line of a file, which must not be empty.
Result<Secret> read_passphrase(const std::string& file);

struct NewKey {
    Secret file;            ///< the text of the identity file
    std::string recipient;  ///< "age1…"
};
/// A new key; its file is protected if a passphrase is given.
Result<NewKey> generate_key(World& world, const std::optional<Secret>& passphrase);

/// Which of a store's archives the keys open.
struct KeyCheck {
    std::size_t opened = 0;               ///< archives that the keys open
    std::vector<std::string> not_opened;  ///< ids of those that they do not open
    std::size_t unencrypted = 0;          ///< archives that need no key
    bool in_record = false;               ///< the store's record names one of the keys' recipients
};
/// Tries to open the sealed names in every manifest; manifests are never cold. Errors: damage if a
/// manifest cannot be read, and those of the store.
Result<KeyCheck> check_keys(Context& context);

}  // namespace zg::ops
