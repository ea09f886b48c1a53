#include "vault_tools/internal/book.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/auth/profile.hpp"
#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/state_dir.hpp"
#include "store/vault/book.hpp"
#include "store/vault/inventory.hpp"
#include "store/vault/names.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/internal/transfer.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

namespace {

/// Two profiles may be two accounts.
store::BookVault vault_of(const BookPlace& place, const std::string& name) {
    std::string account = place.account;
    const aws::ProfileName profile = aws::choose_profile(place.environment, place.profile);
    if (account == "-" && profile.named) account += profile.name;
    return {.region = place.region, .account = std::move(account), .name = name};
}

template <class Act>
void change_book(const BookPlace& place, const Act& act) {
    auto book = open_book(place.environment, place.state_dir);
    Result<void> done;
    if (book)
        done = act(**book);
    else
        done = fail(std::move(book.error()));
    if (!done)
        place.log.warning(
            fmt::format("{}; `zglacier vault search` will not find it", done.error().message()));
}

}  // namespace

BookPlace book_place(Vaults& vaults, const VaultService& service, const std::string& state_dir) {
    const aws::GlacierConfig& config = vaults.glacier().config();
    return {.environment = service.world.environment,
            .state_dir = state_dir,
            .region = config.region,
            .account = config.account,
            .profile = service.access.profile,
            .log = service.world.log};
}

Result<std::unique_ptr<store::VaultBook>> open_book(const Environment& environment,
                                                    const std::string& state_dir) {
    ZG_TRY(const std::string folder, prepare_state_dir(environment, state_dir));
    return store::VaultBook::open(folder + "/vaults/book.sqlite");
}

void note_upload(const BookPlace& place, const VaultUpload& upload, const VaultArchive& archive,
                 const std::string& file, TimePoint now) {
    change_book(place, [&](store::VaultBook& book) {
        return book.note({.vault = vault_of(place, upload.vault),
                          .archive = archive.receipt.id,
                          .size = archive.size,
                          .created = now,
                          .tree_hash = archive.receipt.tree_hash,
                          .description = upload.description,
                          .file = file});
    });
}

void note_inventory(const BookPlace& place, const std::string& vault,
                    const store::Inventory& inventory) {
    change_book(place, [&](store::VaultBook& book) {
        return book.take(vault_of(place, vault), inventory);
    });
}

void note_removed(const BookPlace& place, const std::string& vault,
                  const std::vector<std::string>& archives, TimePoint now) {
    change_book(place, [&](store::VaultBook& book) {
        return book.note_removed(vault_of(place, vault), archives, now);
    });
}

std::optional<std::string> object_in(const std::string& description) {
    const auto mark = store::parse_description(description);
    if (!mark) return std::nullopt;
    return mark->kind == store::VaultMark::Kind::piece
               ? fmt::format("{} (piece {} of {})", mark->name, mark->number, mark->count)
               : mark->name;
}

}  // namespace zg::vault_tools
