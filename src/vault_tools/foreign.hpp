// Archives that other programs wrote into a vault, so that they can be made part of a store.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "store/vault/inventory.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

/// Bytes: enough for a send stream's BEGIN record; the smallest range that can be retrieved.
constexpr std::uint64_t beginning_size = std::uint64_t{1} << 20U;

/// A job that retrieves the first beginning_size bytes of an archive, or more.
struct BeginningJob {
    std::string id;
    bool ready = false;
};

struct BeginningRequest {
    std::string archive;
    std::uint64_t size = 0;         ///< of the archive
    std::string tier = "standard";  ///< "expedited", "standard" or "bulk"
    std::string topic{};            ///< ARN of a topic to notify; may be empty
};

/// One thread. Transient failures are retried.
class ForeignArchives {
  public:
    virtual ~ForeignArchives() = default;
    [[nodiscard]] virtual const std::string& vault() const = 0;
    /// The vault's newest inventory. If there is none, requests it and fails with cold.
    virtual Result<store::Inventory> inventory() = 0;
    /// The archives that are part of the store: segment names by archive id.
    virtual Result<std::map<std::string, std::string>> adopted() = 0;
    /// Makes the archive the segment `name` of the vault's store, for every machine. conflict if
    /// the name exists already.
    virtual Result<void> adopt(const store::InventoryArchive& archive, const std::string& name) = 0;

    /// The best job for each archive whose beginning was requested, by the archive's id. Those that
    /// failed are not among them.
    virtual Result<std::map<std::string, BeginningJob>> beginnings() = 0;
    /// At most `size` bytes; nothing if the job has expired since it was listed.
    virtual Result<std::optional<Buffer>> read_beginning(const BeginningJob& job,
                                                         std::uint64_t size) = 0;
    virtual Result<void> request_beginning(const BeginningRequest& request) = 0;
};

/// `state_dir` is what prepare_state_dir() gave. References in `service` outlive it.
Result<std::unique_ptr<ForeignArchives>> open_foreign_archives(const VaultService& service,
                                                               const std::string& vault,
                                                               const std::string& state_dir);

}  // namespace zg::vault_tools
