// Archives that another program wrote, as they become archives of ours: first by their descriptions
// and dates, then by their streams.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ops/context.hpp"
#include "store/vault/inventory.hpp"
#include "stream/record.hpp"

namespace zg::ops {

/// What an archive's description says of the stream in it.
struct DescribedStream {
    std::string dataset;
    std::string snapshot{};  ///< empty: not known
    bool full = false;       ///< it says so
    bool operator==(const DescribedStream&) const = default;
};

/// The first word that is a snapshot's name ("pool/fs@name"), or the dataset that the vault is
/// named after; nothing if there is neither.
std::optional<DescribedStream> read_description(const std::string& description,
                                                const std::string& vault);

/// The manifest of an archive of which nothing is known but its entry in the inventory and what
/// `told` says. It is not proved, and full until it is chained.
catalog::Manifest manifest_of_entry(const store::InventoryArchive& entry,
                                    const DescribedStream& told, const std::string& host);

/// Makes each of one dataset's archives, the oldest first, that is not proved build on the one
/// before it; one that is `full[i]` builds on none. Gives for each whether it was changed.
std::vector<bool> chain_up(std::span<catalog::Manifest> archives, const std::vector<bool>& full);

/// Puts into the manifest what the stream itself says.
void prove(catalog::Manifest& archive, const stream::Begin& begin);

/// Proves `archive` by its stream and writes it to the store and the catalog; so for `next` (may be
/// null), the one that was thought to build on it and is not proved yet. If the store cannot be
/// written a warning is logged, and only the catalog has it.
void record_proof(Context& context, catalog::Manifest& archive, catalog::Manifest* next,
                  const stream::Begin& begin);

}  // namespace zg::ops
