// A restore by way of a folder: what it needs is fetched there first, as a store of its own.
#pragma once

#include "cli/output/console.hpp"
#include "cli/output/thaw_plan.hpp"
#include "ops/copy/copy.hpp"
#include "ops/session.hpp"

namespace zg::cli {

struct SpoolRequest {
    std::string folder;
    ops::SessionOptions session;  ///< as for the store it comes from; the URL is not looked at
    ops::CopyOptions copy;        ///< of what
    bool dry_run = false;
    bool quiet = false;
};

struct Spooled {
    /// of the folder; nothing after a dry run of one that is not there yet
    std::unique_ptr<ops::Session> session;
    ops::CopyReport report;
    bool declined = false;  ///< the user did not want to pay
};

/// Fetches the archives from `from` that the folder lacks: each segment is verified, and one that
/// is there already is not fetched again. The folder is then a dir: store, from which they can be
/// restored on any day and machine. Shows the plan first, and asks where it costs money.
Result<Spooled> spool(const SpoolRequest& request, const ThawFlags& flags, World& world,
                      Console& console, ops::Session& from);

}  // namespace zg::cli
