#include "ops/backup/same_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"

namespace zg::ops {

namespace {

Result<void> check_passphrase(const KeyQuestion& question, const catalog::Manifest& last,
                              Log& log) {
    ZG_TRY(const bool fits, question.encryption.fits(last.sealed));
    if (fits) return {};
    const std::string what =
        fmt::format("the passphrase is not the one of the last archive ({})", last.archive_id);
    if (question.has_base)
        return fail({.kind = ErrorKind::refused,
                     .what = what,
                     .where = question.dataset.name,
                     .hint = "give the same one, or --full to start a new chain with the new "
                             "passphrase; the earlier archives still need the old one"});
    log.warning(fmt::format("{}: {}; the earlier archives still need the old one",
                            question.dataset.name, what));
    return {};
}

std::string keys_text(bool encrypted, const std::vector<std::string>& recipients) {
    return encrypted ? fmt::format("encrypted to {}", fmt::join(recipients, " "))
                     : std::string("not encrypted");
}

}  // namespace

Result<void> check_same_keys(const KeyQuestion& question, Log& log) {
    const auto& [archives, dataset, encryption, has_base] = question;
    const auto last = std::ranges::find(std::views::reverse(archives), dataset.guid,
                                        &catalog::Manifest::dataset_guid);
    if (last == archives.rend()) return {};
    if (last->recipients == encryption.labels()) return check_passphrase(question, *last, log);
    if (!encryption.on())
        return fail({.kind = ErrorKind::refused,
                     .what = "this archive would not be encrypted, but the last one is",
                     .where = fmt::format("{}: archive {}", dataset.name, last->archive_id),
                     .hint = "give --recipient (or --passphrase-file) as before; for archives that "
                             "are not encrypted, use another store"});
    const bool both = has_base && last->encrypted();
    log.warning(
        fmt::format("{}: {}: this archive is {}, the last one ({}) is {}", dataset.name,
                    both ? "you will need both keys to restore it" : "the encryption has changed",
                    keys_text(encryption.on(), encryption.labels()), last->archive_id,
                    keys_text(last->encrypted(), last->recipients)));
    return {};
}

}  // namespace zg::ops
