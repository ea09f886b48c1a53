#include "ops/thaw.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "ops/context.hpp"
#include "ops/restore/restore.hpp"
#include "store/store.hpp"
#include "thaw/thaw.hpp"
#include "thaw/watch.hpp"

namespace zg::ops {

namespace {

using store::Temperature;

Result<std::vector<catalog::Manifest>> wanted(Context& context, const RestoreSource& source) {
    ZG_TRY(archive::ArchiveView view, archive::load_archives(context));
    if (!source.text.empty()) {
        ZG_TRY(const std::size_t index, find_archive(view, source));
        return chain_to(view, index);
    }
    if (!source.host.empty())
        std::erase_if(view.archives, [&](const catalog::Manifest& archive) {
            return archive.host != source.host;
        });
    return std::move(view.archives);
}

void add(thaw::ThawAmount& to, const thaw::ThawSegment& segment) {
    to = {to.segments + 1, to.bytes + segment.size};
}

std::optional<TimePoint> earlier(std::optional<TimePoint> a, std::optional<TimePoint> b) {
    return a && b ? std::min(*a, *b) : a ? a : b;
}

void add(ThawedArchive& to, const thaw::ThawSegment& segment) {
    if (segment.missing) {
        ++to.missing;
    } else if (segment.is(Temperature::cold)) {
        add(to.cold, segment);
    } else if (segment.is(Temperature::thawing)) {
        add(to.thawing, segment);
        to.since = earlier(to.since, segment.asked);
        to.since_unknown = to.since_unknown || !segment.asked;
        to.expected = std::max(to.expected, segment.expected);
    } else {
        add(to.readable, segment);
        to.readable_until = earlier(to.readable_until, segment.state.readable_until);
    }
}

}  // namespace

Result<PlannedThaw> plan_thaw(Context& context, const RestoreSource& source,
                              const thaw::ThawChoice& choice) {
    ZG_CHECK(thaw::check_tier(context, choice.tier));
    PlannedThaw planned;
    ZG_TRY(planned.archives, wanted(context, source));
    ZG_TRY(planned.plan, thaw::plan_thaw(context, planned.archives, choice));
    return planned;
}

Result<ThawReport> carry_out_thaw(Context& context, PlannedThaw planned, bool request, bool wait) {
    ZG_TRY(const thaw::ThawOutcome outcome,
           thaw::carry_out_thaw(context, std::move(planned.plan), request, wait));
    ThawReport report{.archives = {},
                      .cold = outcome.plan.amount(Temperature::cold),
                      .thawing = outcome.plan.amount(Temperature::thawing),
                      .readable = outcome.plan.amount(Temperature::hot),
                      .asked = outcome.asked,
                      .waiting = outcome.waiting,
                      .retry_at = outcome.retry_at};
    for (catalog::Manifest& archive : planned.archives)
        report.archives.emplace_back().archive = std::move(archive);
    for (const thaw::ThawSegment& segment : outcome.plan.segments)
        add(report.archives[segment.archive], segment);
    return report;
}

}  // namespace zg::ops
