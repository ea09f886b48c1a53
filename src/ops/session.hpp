// Puts together what a job works with: store, record, catalog.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "archive/encryption.hpp"
#include "base/world.hpp"
#include "ops/context.hpp"
#include "store/open.hpp"
#include "store/schemes.hpp"

namespace zg::ops {

// What the command line must know of the kinds of stores.
using StoreScheme = store::Scheme;
inline std::span<const StoreScheme> store_schemes() { return store::schemes(); }
using store::is_made_by_backup;
using store::is_named_by_dataset;
using store::url_for_dataset;

/// How a store is to be reached.
struct StoreAccess {
    std::string url;
    /// come before the URL's own, by name; see store::Scheme::options
    std::map<std::string, std::string> options{};
    unsigned connections = 4;                ///< calls at the same time
    std::uint64_t limit_rate = 0;            ///< bytes a second; 0: no limit
    std::chrono::seconds retry_time{1'800};  ///< how long one call is tried again
    store::AwsDefaults aws{};
};

struct SessionOptions {
    StoreAccess store;
    std::string state_dir;  ///< empty: /var/lib/zglacier for root, else $XDG_STATE_HOME/zglacier
    /// fail where the state folder cannot be used, instead of going on without
    bool needs_state = false;
    codec::AgeKeys keys{};  ///< what encrypted archives are opened with
    /// make_store() only: what the record keeps for all later archives; of a passphrase only that
    /// there is one
    archive::EncryptionChoice encryption{};
};

/// An open store. One thread.
class Session {
  public:
    /// Opens the store, reads its record and opens the catalog. `world`, `log` and `progress`
    /// outlive the session.
    static Result<std::unique_ptr<Session>> open(World& world, const SessionOptions& options);
    [[nodiscard]] Context& context() { return *context_; }
    [[nodiscard]] TimePoint store_created() const { return created_; }

  private:
    Session() = default;
    std::unique_ptr<store::Store> inner_;  // announced to Steps through store_
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<catalog::Catalog> catalog_;
    std::unique_ptr<Context> context_;
    TimePoint created_{};
};

/// What make_store() did.
struct MadeStore {
    std::string id;     ///< of the store; empty where a dry run would make it
    bool made = false;  ///< false: it was a store already, or a dry run
};

/// Makes a store: its folder and its record, which keeps the options that every later run must
/// know. A store that is there already stays as it is. What about the place endangers a store is
/// told as a warning.
Result<MadeStore> make_store(World& world, const SessionOptions& options, bool dry_run);

}  // namespace zg::ops
