// Takes archives that other programs wrote into a vault, such as those of glacier-cmd, into the
// vault's store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "policy/prices.hpp"
#include "vault_tools/service.hpp"

namespace zg::ops {

/// A vault whose store is to have the archives.
struct AdoptingVault {
    std::string name;
    std::string state_dir{};  ///< of the catalog and the locks; empty: as prepare_state_dir()
};

struct AdoptRequest {
    /// Glacier's ids; empty: all whose description names a dataset
    std::vector<std::string> archives{};
    std::string dataset{};          ///< that they are of; empty: the one in their descriptions
    std::string host{};             ///< that made them; empty: this one
    bool prove = false;             ///< request the beginning of each, which says what it is
    bool full = false;              ///< the first of `archives` is a full stream
    std::string tier = "standard";  ///< "expedited", "standard" or "bulk"
    /// to notify when what is requested is ready, by name or ARN; may be empty
    std::string topic{};
    /// the zfs command; without it no snapshot of this machine is considered
    std::string zfs = "zfs";
    /// called with the number of beginnings that are about to be requested
    std::function<void(std::size_t)> before_request{};
};

struct AdoptReport {
    /// An archive that stays what it is.
    struct Left {
        std::string id;
        std::string description;
    };
    std::vector<catalog::Manifest> archives{};  ///< of other programs, and part of the store now
    std::size_t taken = 0;                      ///< of them: by this run
    std::size_t proved = 0;                     ///< by this run
    std::size_t asked = 0;                      ///< whose beginning was requested by this run
    std::size_t waiting = 0;                    ///< whose beginning is not ready yet
    std::vector<Left> left{};                   ///< whose description names no dataset
    std::vector<std::string> no_streams{};  ///< ids of archives that turned out not to be streams
    TimePoint inventory{};  ///< when it was made: what was uploaded later is not in it
};

/// What the request for `count` beginnings will be charged as, to be shown before.
policy::Charges charges_to_prove(std::size_t count, const std::string& tier);

/// Makes the vault's store if it does not exist. cold if the inventory is not ready yet. Can be run
/// again at any time, and resumes. locked if another run adopts into the same store.
Result<AdoptReport> adopt(const vault_tools::VaultService& service, const AdoptingVault& vault,
                          const AdoptRequest& request);

/// Removes adopted archives from the store; they stay in the vault. not_found if one was not
/// adopted, usage if there are none.
Result<void> release_adopted(const vault_tools::VaultService& service, const AdoptingVault& vault,
                             const std::vector<std::string>& archives);

}  // namespace zg::ops
