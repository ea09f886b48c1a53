// Takes archives that other programs wrote into a vault, such as those of glacier-cmd, into the
// vault's store.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ops/context.hpp"
#include "policy/prices.hpp"
#include "store/vault/adopter.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

struct AdoptRequest {
    /// Glacier's ids; empty: all whose description tells a dataset
    std::vector<std::string> archives{};
    std::string dataset{};  ///< that they are of; empty: as their descriptions tell
    std::string host{};     ///< that made them
    bool prove = false;     ///< ask for the beginning of each, and learn from it what it is
    bool full = false;      ///< the first of `archives` is a full stream
    std::string tier = "Standard";
    /// ARN of the one that is told when what is asked for is there; empty: none
    std::string topic{};
};

struct AdoptReport {
    std::vector<catalog::Manifest> archives;      ///< of other programs, and part of the store now
    std::size_t taken = 0;                        ///< of them: by this run
    std::size_t proved = 0;                       ///< by this run
    std::size_t asked = 0;                        ///< whose beginning was asked for by this run
    std::size_t waiting = 0;                      ///< whose beginning is not there yet
    std::vector<store::InventoryArchive> left{};  ///< whose description tells no dataset
    /// ids of archives that turned out to be no send streams
    std::vector<std::string> no_streams{};
    TimePoint inventory{};  ///< when it was made: what was uploaded since is not in it
};

/// What is asked for to prove `count` archives, to be shown before.
policy::Charges charges_to_prove(std::size_t count, const std::string& tier);

/// cold where the inventory is not there yet. `zfs` may be null: then no snapshot of this machine
/// is looked at. `before_asking` is called with the number of beginnings that will be asked for.
/// The store's lock is the caller's. Can be called again at any time, and goes on.
Result<AdoptReport> adopt(Context& context, store::VaultAdopter& adopter, const zfs::Zfs* zfs,
                          const AdoptRequest& request,
                          const std::function<void(std::size_t)>& before_asking);

/// Lets go of archives that were adopted: they stay in the vault, and are no part of the store any
/// more. not_found where one was not adopted.
Result<void> release_adopted(Context& context, store::VaultAdopter& adopter,
                             const std::vector<std::string>& archives);

}  // namespace zg::ops
