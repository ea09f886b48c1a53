// A restore through a folder: everything it needs is downloaded there first, as a separate store.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/world.hpp"
#include "cli/output/console.hpp"
#include "cli/output/thaw_plan.hpp"
#include "ops/copy/copy.hpp"
#include "ops/session.hpp"

namespace zg::cli {

struct SpoolRequest {
    std::string folder;
    ops::SessionOptions session;  ///< as for the store it comes from; the URL is ignored
    ops::CopyOptions copy;        ///< what to copy
    bool dry_run = false;
    bool quiet = false;
};

struct Spooled {
    /// of the folder; nothing after a dry run if the folder does not exist yet
    std::unique_ptr<ops::Session> session;
    ops::CopyReport report;
    bool declined = false;  ///< the user did not want to pay
};

/// Downloads the archives from `from` that the folder does not have yet, and verifies each segment.
/// The folder is then a dir: store, from which they can be restored on any day and machine. Shows
/// the plan first, and asks if it costs money.
Result<Spooled> spool(const SpoolRequest& request, const ThawFlags& flags, World& world,
                      Console& console, ops::Session& from);

}  // namespace zg::cli
