// Puts together what an operation works with: store, record, catalog.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "archive/encryption.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/world.hpp"
#include "catalog/catalog.hpp"
#include "codec/age/file.hpp"
#include "ops/context.hpp"
#include "store/aws_defaults.hpp"
#include "store/schemes.hpp"
#include "store/store.hpp"

namespace zg::ops {

// What the command line must know about the kinds of stores.
using StoreScheme = store::Scheme;
inline std::span<const StoreScheme> store_schemes() { return store::schemes(); }
using store::is_made_by_backup;
using store::is_named_by_dataset;
using store::url_for_dataset;

/// How a store is to be reached.
struct StoreAccess {
    std::string url;
    /// override those of the URL, by name; see store::Scheme::options
    std::map<std::string, std::string> options{};
    unsigned connections = 4;                ///< calls at the same time
    std::uint64_t limit_rate = 0;            ///< bytes per second; 0: no limit
    std::chrono::seconds retry_time{1'800};  ///< how long one call is retried
    store::AwsDefaults aws{};
};

struct SessionOptions {
    StoreAccess store;
    std::string state_dir;  ///< empty: /var/lib/zglacier for root, else $XDG_STATE_HOME/zglacier
    /// fail if the state folder cannot be used, instead of continuing without it
    bool needs_state = false;
    codec::AgeKeys keys{};  ///< what encrypted archives are opened with
    /// make_store() only: kept in the record for all later archives; of a passphrase only that
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

/// The result of make_store().
struct MadeStore {
    std::string id;     ///< of the store; empty if a dry run would create it
    bool made = false;  ///< false: it was already a store, or this is a dry run
};

/// Creates a store: its folder and its record, which keeps the options that every later run must
/// know. An existing store stays as it is. Anything about the place that endangers a store is
/// logged as a warning.
Result<MadeStore> make_store(World& world, const SessionOptions& options, bool dry_run);

}  // namespace zg::ops
