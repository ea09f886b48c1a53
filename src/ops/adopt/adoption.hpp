// How archives of other programs are described in manifests: first by their descriptions and dates,
// then by their streams.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/manifest.hpp"
#include "ops/context.hpp"
#include "store/vault/inventory.hpp"
#include "stream/record.hpp"

namespace zg::ops {

/// The stream in an archive, according to the archive's description.
struct DescribedStream {
    std::string dataset;
    std::string snapshot{};  ///< empty: not known
    bool full = false;       ///< the description says "full"
    bool operator==(const DescribedStream&) const = default;
};

/// The first word that is a snapshot's name ("pool/fs@name"), or the dataset that the vault is
/// named after; nothing if there is neither.
std::optional<DescribedStream> read_description(const std::string& description,
                                                const std::string& vault);

/// The manifest of an archive of which only the inventory entry and `described` are known. It is
/// not proved, and counts as full until it is chained.
catalog::Manifest manifest_of_entry(const store::InventoryArchive& entry,
                                    const DescribedStream& described, const std::string& host);

/// Takes the archives of one dataset, the oldest first. Makes each that is not proved build on the
/// one before it, or on none if `full[i]`. Returns for each whether it was changed.
std::vector<bool> chain_up(std::span<catalog::Manifest> archives, const std::vector<bool>& full);

/// Corrects the manifest by the stream's BEGIN record.
void prove(catalog::Manifest& archive, const stream::Begin& begin);

/// Proves `archive` by its stream, and writes it to the store and the catalog. Does the same for
/// `next` (may be null), the archive that was thought to build on it, if that is not proved yet. If
/// the store cannot be written, a warning is logged and only the catalog is updated.
void record_proof(Context& context, catalog::Manifest& archive, catalog::Manifest* next,
                  const stream::Begin& begin);

}  // namespace zg::ops
