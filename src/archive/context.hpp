// What every job works with; the command line puts it together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/steps.hpp"
#include "catalog/catalog.hpp"
#include "codec/age/file.hpp"
#include "store/store.hpp"

namespace zg::archive {

/// Everything outside a job. All references outlive it.
struct Context {
    store::Store& store;
    std::string store_id;
    /// as the store's record keeps them: "class", "lock", …
    std::map<std::string, std::string> store_options;
    catalog::Catalog& catalog;
    Clock& clock;
    Random& random;
    Log& log;
    Progress& progress;
    Steps& steps;
    std::string host;          ///< this machine's name, for the manifest
    std::string machine_id;    ///< what tells this machine from all others
    std::string state_dir;     ///< where locks lie
    bool threads = true;       ///< run pipelines on several threads
    unsigned connections = 4;  ///< calls to the store at the same time, 1 or more
    /// as the store's record keeps them: whom new archives are encrypted to
    std::vector<std::string> recipients{};
    bool needs_passphrase = false;  ///< the store was made for archives encrypted with a passphrase
    codec::AgeKeys keys{};          ///< what encrypted archives are opened with

    /// The threads that make calls to the store: none where all is to run on one.
    [[nodiscard]] unsigned callers() const { return threads ? connections : 0; }
};

}  // namespace zg::archive
