// What every job works with; the command line puts it together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/steps.hpp"
#include "catalog/catalog.hpp"
#include "codec/age_file.hpp"
#include "store/store.hpp"
#include "zfs/zfs.hpp"

namespace zg::job {

/// Shown while bytes move. Called from one thread at a time.
class Progress {
  public:
    virtual ~Progress() = default;
    /// Work on `label` begins; `expected` is a guess in bytes and may be wrong either way.
    virtual void begin(const std::string& label, std::optional<std::uint64_t> expected) = 0;
    /// `bytes` more have passed.
    virtual void advance(std::uint64_t bytes) = 0;
    virtual void end() = 0;
};

class NoProgress final : public Progress {
  public:
    void begin(const std::string&, std::optional<std::uint64_t>) override {}
    void advance(std::uint64_t) override {}
    void end() override {}
};

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

/// The user property that marks a snapshot as ours; its value is the store's id.
inline constexpr const char* mark_property = "zglacier:store";

}  // namespace zg::job
