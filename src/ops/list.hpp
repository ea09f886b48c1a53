// The archives of a store, and which of them can be restored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "ops/context.hpp"

namespace zg::ops {

struct ListedArchive {
    catalog::Manifest archive;
    /// ids of the archives to receive, in order; empty if the chain is broken
    std::vector<std::string> chain;
    std::string problem;  ///< why it cannot be restored; empty if it can
};

/// An archive that was begun on this machine and is not finished.
struct ListedUnfinished {
    std::string archive_id;
    std::string dataset;
    std::string snapshot;
    TimePoint started{};
    std::size_t segments = 0;
    std::uint64_t stored_size = 0;
};

/// An archive that was removed on purpose, and of which objects are left in the store.
struct ListedRemoval {
    std::string archive_id;
    TimePoint removed{};
    std::string rule;
    std::size_t objects = 0;  ///< that are left
    std::string text;         ///< all of that as a sentence
};

struct Listing {
    std::vector<ListedUnfinished> unfinished{};  ///< the oldest first
    std::vector<ListedRemoval> removals{};       ///< the newest first
    std::vector<ListedArchive> archives;         ///< by dataset and host, then by id
    /// archive id and what is wrong with its manifest
    std::vector<std::pair<std::string, std::string>> unreadable;
};

/// All archives, or those of `dataset`; not_found if it has none.
Result<Listing> list_archives(Context& context, const std::string& dataset);

}  // namespace zg::ops
