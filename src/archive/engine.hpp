// What the engine works with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/world.hpp"
#include "catalog/catalog.hpp"
#include "codec/age/file.hpp"
#include "store/store.hpp"

namespace zg::archive {

/// The archives of one store. References outlive it.
struct Archives {
    store::Store& store;
    std::string store_id;
    /// As the store's record keeps them: "class", "lock" and so on.
    std::map<std::string, std::string> store_options;
    catalog::Catalog& catalog;
    /// Whom new archives are encrypted to, as the store's record says.
    std::vector<std::string> recipients{};
    bool needs_passphrase = false;  ///< the store was made for archives encrypted with a passphrase
    codec::AgeKeys keys{};          ///< what encrypted archives are opened with
};

/// How much is done at the same time.
struct Effort {
    bool threads = true;       ///< pipelines run on several threads
    unsigned connections = 4;  ///< calls to the store at the same time, 1 or more

    /// The threads that make calls to the store; none if everything runs on one.
    [[nodiscard]] unsigned callers() const { return threads ? connections : 0; }
};

/// What moving bytes takes.
struct Engine {
    Archives archives;
    Effort effort;
    World world;
};

}  // namespace zg::archive
