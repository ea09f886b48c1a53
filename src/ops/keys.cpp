#include "ops/keys.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/world.hpp"
#include "catalog/manifest.hpp"
#include "codec/age/identity_file.hpp"
#include "codec/age/x25519.hpp"
#include "ops/context.hpp"

namespace zg::ops {

namespace {

constexpr std::size_t max_key_file_size = std::size_t{1} << 20U;

Result<Buffer> read_key_file(const std::string& path) {
    // A key must not be shown in errors as a path is.
    if (path.starts_with("AGE-SECRET-KEY-"))
        return fail({.kind = ErrorKind::usage,
                     .what = "this must be the name of a file, not the key itself, which every "
                             "user of this machine can now see",
                     .hint = "write the key into a file that only you can read"});
    auto file = read_file(path, max_key_file_size);
    if (!file && file.error().kind == ErrorKind::not_found) file.error().kind = ErrorKind::usage;
    return file;
}

Result<std::vector<codec::AgeIdentity>> read_identities(const std::string& path,
                                                        const KeySources& sources,
                                                        const std::optional<Secret>& passphrase) {
    ZG_TRY(const Buffer file, read_key_file(path));
    std::optional<Secret> of_file = passphrase;
    if (!of_file && sources.ask && codec::is_age_identity_file_encrypted(file)) {
        ZG_TRY(of_file, sources.ask(path));
    }
    auto identities = codec::read_age_identities(file, of_file);
    if (!identities) identities.error().where = path;
    return identities;
}

}  // namespace

Result<Secret> read_passphrase(const std::string& file) {
    ZG_TRY(const Buffer bytes, read_key_file(file));
    std::string_view line = as_text(bytes);
    line = line.substr(0, line.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "the passphrase, which is the first line of the file, is empty",
                     .where = file});
    return Secret(std::string(line));
}

Result<Keys> read_keys(const KeySources& sources) {
    Keys keys;
    if (!sources.passphrase_file.empty()) {
        ZG_TRY(keys.passphrase, read_passphrase(sources.passphrase_file));
    }
    for (const std::string& path : sources.identity_files) {
        ZG_TRY(const std::vector<codec::AgeIdentity> identities,
               read_identities(path, sources, keys.passphrase));
        keys.identities.insert(keys.identities.end(), identities.begin(), identities.end());
    }
    return keys;
}

Result<NewKey> generate_key(World& world, const std::optional<Secret>& passphrase) {
    ZG_TRY(const codec::AgeIdentity identity, codec::AgeIdentity::generate(world.random));
    NewKey key{.file = codec::age_identity_file(identity, rfc3339_utc(world.clock.now())),
               .recipient = identity.recipient().text()};
    if (passphrase) {
        ZG_TRY(std::string file,
               codec::encrypt_age_identity_file(key.file, *passphrase, world.random));
        key.file = Secret(std::move(file));
    }
    return key;
}

Result<KeyCheck> check_keys(Context& context) {
    ZG_TRY(const archive::ArchiveView view, archive::read_all_manifests(context.archives));
    if (!view.unreadable.empty()) return fail(view.unreadable.front().error);
    KeyCheck check;
    for (const catalog::Manifest& archive : view.archives) {
        if (!archive.encrypted()) {
            ++check.unencrypted;
        } else if (archive.opened) {
            ++check.opened;
        } else {
            check.not_opened.push_back(archive.archive_id);
        }
    }
    check.in_record = std::ranges::any_of(
        context.archives.keys.identities, [&](const codec::AgeIdentity& identity) {
            return std::ranges::find(context.archives.recipients, identity.recipient().text()) !=
                   context.archives.recipients.end();
        });
    return check;
}

}  // namespace zg::ops
