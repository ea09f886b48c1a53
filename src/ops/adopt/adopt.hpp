// Takes archives that other programs wrote into a vault, such as those of glacier-cmd, into the
// vault's store.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "policy/prices.hpp"
#include "vault_tools/service.hpp"

namespace zg::ops {

/// The vault whose store takes the archives.
struct AdoptingVault {
    std::string name;
    std::string state_dir{};  ///< for the catalog and the locks; empty: as prepare_state_dir()
};

struct AdoptRequest {
    /// Glacier's ids; empty: all archives whose description names a dataset
    std::vector<std::string> archives{};
    std::string dataset{};          ///< their dataset; empty: as their descriptions say
    std::string host{};             ///< the host that made them; empty: this one
    bool prove = false;             ///< request the beginning of each, which identifies it
    bool full = false;              ///< the first of `archives` is a full stream
    std::string tier = "standard";  ///< "expedited", "standard" or "bulk"
    /// SNS topic to notify when the beginnings are ready, by name or ARN; may be empty
    std::string topic{};
    /// the zfs command; if it is not found, no snapshot of this machine is considered
    std::string zfs = "zfs";
    /// called with the number of beginnings that are about to be requested
    std::function<void(std::size_t)> before_request{};
};

struct AdoptReport {
    /// An archive that is not adopted.
    struct Left {
        std::string id;
        std::string description;
    };
    std::vector<catalog::Manifest> archives{};  ///< adopted: by this run or an earlier one
    std::size_t taken = 0;                      ///< how many of them by this run
    std::size_t proved = 0;                     ///< by this run
    std::size_t asked = 0;                      ///< beginnings requested by this run
    std::size_t waiting = 0;                    ///< beginnings that are not ready yet
    std::vector<Left> left{};                   ///< their description names no dataset
    std::vector<std::string> no_streams{};      ///< ids of archives that are not send streams
    TimePoint inventory{};                      ///< its date: later uploads are not in it
};

/// What requesting `count` beginnings will be charged as; shown before the request.
policy::Charges charges_to_prove(std::size_t count, const std::string& tier);

/// Creates the vault's store if it does not exist. Can be run again at any time, and resumes.
/// Errors: cold if the inventory is not ready yet; locked if another run adopts into the same
/// store.
Result<AdoptReport> adopt(const vault_tools::VaultService& service, const AdoptingVault& vault,
                          const AdoptRequest& request);

/// Removes adopted archives from the store; they stay in the vault. not_found if one was not
/// adopted, usage if none is named.
Result<void> release_adopted(const vault_tools::VaultService& service, const AdoptingVault& vault,
                             const std::vector<std::string>& archives);

}  // namespace zg::ops
