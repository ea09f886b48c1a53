#include "cli/output/spool.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/units.hpp"
#include "base/world.hpp"
#include "cli/output/console.hpp"
#include "cli/output/thaw_plan.hpp"
#include "ops/copy/copy.hpp"
#include "ops/session.hpp"
#include "thaw/thaw.hpp"

namespace zg::cli {

namespace {

std::string plan_text(const ops::CopyPlan& plan, const std::string& folder,
                      const std::optional<thaw::Estimate>& estimate) {
    std::string text = fmt::format("{}: {} of {} archives are already there; {} to download\n",
                                   folder, plan.present, plan.present + plan.archives.size(),
                                   format_size(plan.stored_bytes()));
    return plan.archives.empty() ? text : text + thaw_text(plan.thaw, estimate);
}

/// The folder as a store, created if necessary. Nothing after a dry run if it does not exist.
Result<std::unique_ptr<ops::Session>> open_folder(const SpoolRequest& request, World& world) {
    ops::SessionOptions options = request.session;
    options.store = {};
    options.store.url = "dir:" + request.folder;
    options.needs_state = false;
    ZG_TRY(const ops::MadeStore made, ops::make_store(world, options, request.dry_run));
    if (made.id.empty()) return std::unique_ptr<ops::Session>();
    return ops::Session::open(world, options);
}

}  // namespace

Result<Spooled> spool(const SpoolRequest& request, const ThawFlags& flags, World& world,
                      Console& console, ops::Session& from) {
    Spooled spooled;
    ZG_TRY(spooled.session, open_folder(request, world));
    if (!spooled.session) {
        console.info(
            fmt::format("would create the folder {} and download into it", request.folder));
        return spooled;
    }
    ops::Session& to = *spooled.session;
    ZG_TRY(const ops::CopyPlan plan, ops::plan_copy(from.context(), to.context(), request.copy));
    ZG_TRY(const auto estimate, thaw::estimate(world, plan.thaw, flags.prices));
    const bool question = plan.thaw.costs && plan.thaw.asks() && !flags.yes && !request.dry_run;
    if (!request.quiet || question)
        fmt::print(stderr, "{}", plan_text(plan, request.folder, estimate));
    if (request.dry_run || plan.archives.empty()) return spooled;
    ZG_TRY(const bool yes, agreed(flags, plan.thaw));
    spooled.declined = !yes;
    if (yes) {
        ZG_TRY(spooled.report,
               ops::copy_archives(from.context(), to.context(), plan, request.copy));
    }
    return spooled;
}

}  // namespace zg::cli
