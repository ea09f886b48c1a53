// Keys as people keep them: files of identities, passphrases, and new ones.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/world.hpp"
#include "codec/age/file.hpp"
#include "ops/context.hpp"

namespace zg::ops {

/// What encrypted archives are opened with.
using Keys = codec::AgeKeys;

/// Where keys come from.
struct KeySources {
    /// as age-keygen writes them, also protected by a passphrase
    std::vector<std::string> identity_files{};
    std::string passphrase_file{};  ///< its first line is the passphrase; empty: none
    /// Asks a person for the passphrase of what it is given; for protected files where there is no
    /// passphrase file.
    std::function<Result<Secret>(const std::string& of)> ask{};
};

/// Reads them all. usage where a file is none, refused where its passphrase does not fit; `where`
/// is the file. Messages never show a key.
Result<Keys> read_keys(const KeySources& sources);
/// The first line of a file, which must not be empty.
Result<Secret> read_passphrase(const std::string& file);

struct NewKey {
    Secret file;            ///< the text of the identity file
    std::string recipient;  ///< "age1…"
};
/// A new key; its file is protected where there is a passphrase.
Result<NewKey> generate_key(World& world, const std::optional<Secret>& passphrase);

/// What a store's archives and a key have to do with each other.
struct KeyCheck {
    std::size_t opened = 0;               ///< archives that the keys open
    std::vector<std::string> not_opened;  ///< ids of those that they do not
    std::size_t unencrypted = 0;          ///< archives that need no key
    bool in_record = false;               ///< the store's record names one of the keys' recipients
};
/// Opens what is sealed in every manifest, which are hot. Errors: damage where one cannot be read,
/// and those of the store.
Result<KeyCheck> check_keys(Context& context);

}  // namespace zg::ops
