#include "ops/verify/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "codec/sha256.hpp"
#include "flow/workers.hpp"
#include "ops/context.hpp"
#include "store/store.hpp"

namespace zg::ops {

namespace {

/// Whether the store keeps the segment in the parts that the manifest describes.
bool same_parts(const catalog::Segment& segment, const std::vector<store::StoredPart>& parts) {
    std::uint64_t rest = segment.stored_size;
    for (const store::StoredPart& part : parts) {
        if (part.size != std::min(rest, segment.part_size)) return false;
        rest -= part.size;
    }
    return rest == 0;
}

/// Compares the digests of the parts, if HEAD returns no checksum or another one than expected.
Result<void> compare_parts(Context& context, const catalog::Segment& segment,
                           const std::string& name, Comparison& comparison) {
    auto parts = context.archives.store.parts(name);
    if (!parts && parts.error().kind == ErrorKind::refused) {
        comparison.findings.push_back({name, parts.error().message(), false});
        return {};
    }
    if (!parts) return fail(std::move(parts.error()));
    if (parts->empty()) return {};
    if (!same_parts(segment, *parts)) {
        comparison.findings.push_back(
            {name,
             "the store keeps it in other parts than it was uploaded in (another program copied "
             "it); `verify --read` compares its bytes",
             false});
        return {};
    }
    std::vector<codec::Sha256Digest> digests;
    for (const store::StoredPart& part : *parts) digests.push_back(part.sha256);
    comparison.by_checksum = true;
    if (codec::composite_sha256(digests) != segment.composite_sha256)
        comparison.findings.push_back(
            {name, "the stored data is damaged (SHA-256 differs from the manifest)", true});
    return {};
}

void compare_lock(const Context& context, const store::Stat& stat, const std::string& name,
                  Comparison& comparison) {
    if (!context.archives.store_options.contains("lock")) return;
    if (stat.lock_mode.empty() || !stat.locked_until)
        comparison.findings.push_back(
            {name,
             "it is not locked, though the store was created with a lock (or permission to read "
             "the lock is missing: s3:GetObjectRetention)",
             false});
    else if (*stat.locked_until <= context.world.clock.now())
        comparison.findings.push_back(
            {name, fmt::format("its lock expired on {}", rfc3339_utc(*stat.locked_until)), false});
}

Result<Comparison> compare_segment(Context& context, const catalog::Segment& segment,
                                   const std::string& name) {
    Comparison comparison;
    auto stat = context.archives.store.stat(name);
    if (!stat && stat.error().kind == ErrorKind::not_found) {
        comparison.findings.push_back({name, "the segment is missing", true});
        return comparison;
    }
    if (!stat) return fail(std::move(stat.error()));
    comparison.storage_class = stat->storage_class;
    if (stat->size != segment.stored_size) {
        comparison.findings.push_back(
            {name,
             fmt::format("the segment has {} bytes, expected {}", stat->size, segment.stored_size),
             true});
        return comparison;
    }
    compare_lock(context, *stat, name, comparison);
    if (stat->tree_hash && segment.tree_hash) {
        comparison.by_checksum = true;
        if (*stat->tree_hash != *segment.tree_hash)
            comparison.findings.push_back(
                {name, "the stored data is damaged (tree hash differs from the manifest)", true});
    } else if (!segment.composite_sha256) {
        // An adopted archive in a store that returns no tree hash can only be verified by reading
        // it.
    } else if (stat->composite_sha256 == segment.composite_sha256) {
        comparison.by_checksum = true;
    } else {
        ZG_CHECK(compare_parts(context, segment, name, comparison));
    }
    return comparison;
}

}  // namespace

Result<std::vector<Comparison>> compare_segments(Context& context,
                                                 const catalog::Manifest& archive) {
    std::vector<Comparison> comparisons(archive.segments.size());
    flow::Workers workers(context.effort.callers());
    ZG_CHECK(flow::for_each(workers, archive.segments.size(), [&](std::size_t i) -> Result<void> {
        ZG_TRY(comparisons[i], compare_segment(context, archive.segments[i],
                                               archive.object_name(archive.segments[i])));
        return {};
    }));
    return comparisons;
}

}  // namespace zg::ops
