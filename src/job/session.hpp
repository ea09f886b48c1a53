// Puts together what a job works with: store, record, catalog.
#pragma once

#include <memory>
#include <string>

#include "base/world.hpp"
#include "job/context.hpp"

namespace zg::job {

struct SessionOptions {
    std::string store_url;
    std::string state_dir;    ///< empty: /var/lib/zglacier for root, else $XDG_STATE_HOME/zglacier
    bool needs_state = false; ///< fail where the state folder cannot be used, instead of going on without
};

/// An open store. One thread.
class Session {
  public:
    /// Opens the store, reads its record and opens the catalog. `world`, `log` and `progress` outlive the session.
    static Result<std::unique_ptr<Session>> open(World& world, const SessionOptions& options, Log& log, Progress& progress);
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

/// Makes a store at `url`: its folder and its record. A store that is there already stays as it is.
Result<MadeStore> make_store(World& world, const std::string& url, bool dry_run);

/// The folder for catalogs and locks; made where it is missing.
Result<std::string> prepare_state_dir(const std::string& wanted);

}  // namespace zg::job
