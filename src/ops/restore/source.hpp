// What to restore, and the archives needed for it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "archive/archive_view.hpp"

namespace zg::ops {

/// What to restore: "pool/fs" (its newest snapshot), "pool/fs@name", or an archive id.
struct RestoreSource {
    std::string text;
    std::string host;  ///< only archives of this host; empty: of any
};

/// The index of the archive that `source` means; not_found, or usage if several hosts have this
/// dataset.
Result<std::size_t> find_archive(const archive::ArchiveView& view, const RestoreSource& source);

/// The archives to be received, in order, for the archive at `wanted`; not_found if the chain is
/// broken.
Result<std::vector<catalog::Manifest>> chain_to(const archive::ArchiveView& view,
                                                std::size_t wanted);

}  // namespace zg::ops
