#include "store/vault/adopter.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/tree_hash.hpp"
#include "store/aws_connection.hpp"
#include "store/open.hpp"
#include "store/vault/index.hpp"
#include "store/vault/inventory.hpp"
#include "store/vault/names.hpp"
#include "store/vault/options.hpp"
#include "store/vault/vault_store.hpp"

namespace zg::store {

namespace {

class IndexAdopter final : public VaultAdopter {
  public:
    IndexAdopter(std::string vault, std::unique_ptr<AwsConnection> connection,
                 std::unique_ptr<aws::Glacier> glacier, std::unique_ptr<VaultIndex> index,
                 Clock& clock)
        : vault_(std::move(vault)),
          connection_(std::move(connection)),
          glacier_(std::move(glacier)),
          index_(std::move(index)),
          clock_(clock) {}

    [[nodiscard]] aws::Glacier& glacier() override { return *glacier_; }
    [[nodiscard]] const std::string& vault() const override { return vault_; }

    Result<std::map<std::string, std::string>> adopted() override {
        ZG_TRY(const auto objects, index_->list(""));
        std::map<std::string, std::string> names;
        for (const VaultObject& object : objects)
            if (object.adopted()) names.emplace(object.archives.front(), object.name);
        return names;
    }

    Result<void> adopt(const InventoryArchive& archive, const std::string& name) override {
        return adopt_archive(*glacier_, vault_, *index_, archive, name, clock_.now());
    }

  private:
    std::string vault_;
    std::unique_ptr<AwsConnection> connection_;
    std::unique_ptr<aws::Glacier> glacier_;
    std::unique_ptr<VaultIndex> index_;
    Clock& clock_;
};

}  // namespace

Result<void> adopt_archive(aws::Glacier& glacier, const std::string& vault, VaultIndex& index,
                           const InventoryArchive& archive, const std::string& name,
                           TimePoint now) {
    ZG_TRY(const VaultIndex::Hold hold, index.hold());
    ZG_TRY(const auto there, index.find(name));
    if (there)
        return fail(
            {.kind = ErrorKind::conflict, .what = "the name exists already", .where = name});
    const std::string mark =
        describe({.kind = VaultMark::Kind::adopted, .name = name, .archive = archive.id});
    // Archives cannot be empty: the mark's description is its content, too.
    const Bytes body = as_bytes(mark);
    ZG_TRY(const aws::ArchiveReceipt receipt,
           glacier.upload_archive(vault, body, codec::tree_hash(body), mark));
    return index.put({.name = name,
                      .archives = {archive.id, receipt.id},
                      .size = archive.size,
                      .tree_hash = archive.tree_hash,
                      .modified = now});
}

Result<std::unique_ptr<VaultAdopter>> open_vault_adopter(const VaultOptions& options,
                                                         const OpenContext& context) {
    AwsPlace place{.service = "glacier",
                   .profile = options.profile,
                   .region = options.region,
                   .endpoint = options.endpoint};
    ZG_TRY(auto connection, connect_aws(place, context));
    auto glacier = aws::open_glacier(
        {.region = place.region, .account = options.account, .endpoint = place.endpoint},
        connection->client(context));
    ZG_TRY(auto index,
           VaultIndex::open(vault_index_file(context.state_dir, options, place.region)));
    return std::make_unique<IndexAdopter>(options.vault, std::move(connection), std::move(glacier),
                                          std::move(index), context.clock);
}

}  // namespace zg::store
