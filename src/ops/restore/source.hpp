// What is to be restored, and the archives that takes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "archive/archive_view.hpp"

namespace zg::ops {

/// What is to be restored: "pool/fs" (its newest snapshot), "pool/fs@name", or an archive id.
struct RestoreSource {
    std::string text;
    std::string host;  ///< only archives of this host; empty: of any
};

/// Which archive `source` means; not_found, or usage where several hosts have such a dataset.
Result<std::size_t> find_archive(const archive::ArchiveView& view, const RestoreSource& source);

/// The archives to be received, in order, for the archive at `wanted`; not_found where the chain is
/// broken.
Result<std::vector<catalog::Manifest>> chain_to(const archive::ArchiveView& view,
                                                std::size_t wanted);

}  // namespace zg::ops
