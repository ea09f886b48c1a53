#include "ops/restore/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "archive/encryption.hpp"
#include "ops/backup/cleanup.hpp"

namespace zg::ops {

std::uint64_t RestorePlan::stored_bytes_from(std::size_t first) const {
    std::uint64_t sum = 0;
    for (std::size_t i = first; i < chain.size(); ++i) sum += chain[i].stored_size;
    const std::size_t left_out = first == present ? segments_there() : 0;
    for (std::size_t i = 0; i < left_out; ++i) sum -= chain[first].segments[i].stored_size;
    return sum;
}

std::uint64_t RestorePlan::stream_bytes() const {
    std::uint64_t sum = 0;
    for (std::size_t i = present; i < chain.size(); ++i) sum += chain[i].stream_size;
    return sum - (resume ? resume->position() : 0);
}

std::string forgotten_exclusion(const RestoreOptions& options) {
    const auto found = std::ranges::find_if(options.exclude, zfs::exclusion_is_forgotten);
    return found != options.exclude.end() ? *found : std::string{};
}

namespace {

/// How many archives of the chain the target has already; conflict if the rest cannot be received
/// onto it.
Result<std::size_t> count_present(const std::vector<catalog::Manifest>& chain,
                                  const zfs::Dataset& target, bool force) {
    std::set<std::uint64_t> guids;
    for (const zfs::Snapshot& snapshot : target.snapshots) guids.insert(snapshot.guid);
    std::size_t there = chain.size();
    while (there > 0 && !guids.contains(chain[there - 1].to_guid)) --there;
    if (there == chain.size() || force) return there;
    if (there == 0 && chain.front().from_guid != 0 && guids.contains(chain.front().from_guid))
        return there;
    if (there == 0)
        return fail({.kind = ErrorKind::conflict,
                     .what = "the target exists already and was not restored from this backup",
                     .where = target.name,
                     .hint = "restore to a name that does not exist yet, or give --force (zfs "
                             "receive -F) to overwrite it"});
    if (target.snapshots.back().guid == chain[there - 1].to_guid) return there;
    return fail({.kind = ErrorKind::conflict,
                 .what = fmt::format("the target has snapshots newer than {}, onto which the next "
                                     "archive would be received",
                                     chain[there - 1].snapshot),
                 .where = target.name,
                 .hint = "restore to another name, or give --force (zfs receive -F), which "
                         "destroys the newer snapshots"});
}

std::unexpected<Error> foreign_part(const std::string& target) {
    return fail({.kind = ErrorKind::conflict,
                 .what = "the target has a part of another archive, left by an earlier zfs receive",
                 .where = target,
                 .hint = fmt::format("`zfs receive -A {}` drops it, and so does --force", target)});
}

/// Finds where the plan's next archive, of which the target has a part, is resumed, or why that
/// part is dropped.
void plan_part(const RestoreOptions& options, const std::string& text,
               const stream::ResumeToken& token, RestorePlan& plan) {
    auto point = find_receive_point(plan.chain[plan.present], text, token);
    const std::string forgotten = forgotten_exclusion(options);
    if (!point)
        plan.drops = point.error().what;
    else if (!forgotten.empty())
        plan.drops = fmt::format("zfs receive would ignore -x {}", forgotten);
    else
        plan.resume = std::move(*point);
}

/// Finds what the target has of the chain: whole archives, and a part of the next one.
Result<void> plan_target(const zfs::Zfs& zfs, const zfs::Dataset& target,
                         const RestoreOptions& options, RestorePlan& plan) {
    ZG_TRY(const std::optional<std::string> text, zfs.receive_token(target.name));
    const auto token = text ? stream::parse_resume_token(*text) : fail({});
    // A full archive is received into the dataset itself, which then has nothing else.
    const bool is_part = token && token->from_guid == 0 && target.snapshots.empty();
    if (!is_part) {
        ZG_TRY(plan.present, count_present(plan.chain, target, options.force));
    }
    if (!text || plan.present == plan.chain.size()) return {};
    if (token && is_of(plan.chain[plan.present], *token)) {
        plan_part(options, *text, *token, plan);
    } else {
        if (!options.force) return foreign_part(target.name);
        plan.drops = "it is of another archive";
    }
    return {};
}

/// The archives up to `wanted`; the last alone if the target already has what it builds on.
Result<std::vector<catalog::Manifest>> chain_for(const archive::ArchiveView& view,
                                                 std::size_t wanted,
                                                 const std::optional<zfs::Dataset>& target) {
    auto chain = chain_to(view, wanted);
    if (chain) return chain;
    const catalog::Manifest& last = view.archives[wanted];
    const bool has_base = target && zfs::find_by_guid(target->snapshots, last.from_guid) != nullptr;
    if (!has_base) return fail(archive::explain_missing_base(view, std::move(chain.error())));
    return std::vector<catalog::Manifest>{last};
}

/// damage if a thaw would cost money although a segment is missing. If nothing has to be thawed,
/// the missing segment is reported after everything before it has been restored.
Result<void> check_segments(const RestorePlan& plan) {
    const std::vector<std::string> missing = plan.thaw.missing();
    if (missing.empty() || !plan.thaw.asks()) return {};
    return fail({.kind = ErrorKind::damage,
                 .what = "the segment is missing, so no thaw was requested",
                 .where = missing.front(),
                 .hint = fmt::format("get it from another copy of the store, or restore an earlier "
                                     "snapshot: `zglacier list {}` lists them",
                                     plan.chain.back().dataset)});
}

}  // namespace

Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs,
                                 const archive::ArchiveView& view, const RestoreOptions& options) {
    ZG_CHECK(zfs::check_dataset_name(options.target));
    ZG_TRY(const std::size_t wanted, find_archive(view, options.source));
    ZG_TRY(const auto target, zfs.find(options.target, mark_property));
    RestorePlan plan;
    plan.target_exists = target.has_value();
    ZG_TRY(plan.chain, chain_for(view, wanted, target));
    if (target) ZG_CHECK(plan_target(zfs, *target, options, plan));
    // Before anything is thawed, which costs money.
    for (std::size_t i = plan.present; i < plan.chain.size(); ++i)
        ZG_CHECK(archive::check_key(context.archives, plan.chain[i]));
    ZG_TRY(plan.thaw, thaw::plan_thaw(context, std::span(plan.chain).subspan(plan.present),
                                      options.thaw, plan.segments_there()));
    ZG_CHECK(check_segments(plan));
    return plan;
}

Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs,
                                 const RestoreOptions& options) {
    ZG_TRY(const archive::ArchiveView view, archive::load_archives(context));
    return plan_restore(context, zfs, view, options);
}

Result<StreamPlan> plan_stream(Context& context, const RestoreOptions& options) {
    ZG_TRY(const archive::ArchiveView view, archive::load_archives(context));
    ZG_TRY(const std::size_t index, find_archive(view, options.source));
    StreamPlan plan{.archive = view.archives[index], .thaw = {}};
    ZG_TRY(plan.thaw, thaw::plan_thaw(context, std::span(&plan.archive, 1), options.thaw));
    return plan;
}

}  // namespace zg::ops
