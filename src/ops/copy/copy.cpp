#include "ops/copy/copy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/read/segment_reader.hpp"
#include "archive/write/archive_writer.hpp"
#include "archive/write/checked_input.hpp"
#include "archive/write/chunk.hpp"
#include "archive/write/uploader.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "base/version.hpp"
#include "catalog/manifest.hpp"
#include "flow/buffer_pool.hpp"
#include "ops/adopt/adoption.hpp"
#include "ops/context.hpp"
#include "ops/restore/restore.hpp"
#include "store/store.hpp"
#include "stream/checker.hpp"
#include "thaw/thaw.hpp"
#include "thaw/watch.hpp"

namespace zg::ops {

namespace {

bool same_snapshots(const catalog::Manifest& a, const catalog::Manifest& b) {
    return a.dataset == b.dataset && a.to_guid == b.to_guid && a.from_guid == b.from_guid &&
           a.raw == b.raw;
}

Result<std::vector<catalog::Manifest>> wanted(const archive::ArchiveView& view,
                                              const CopyOptions& options) {
    if (options.sources.empty()) return view.archives;
    std::set<std::string> ids;
    for (const RestoreSource& source : options.sources) {
        ZG_TRY(const std::size_t index, find_archive(view, source));
        ZG_TRY(const std::vector<catalog::Manifest> chain, chain_to(view, index));
        for (const catalog::Manifest& archive : chain) ids.insert(archive.archive_id);
    }
    std::vector<catalog::Manifest> archives;
    std::ranges::copy_if(
        view.archives, std::back_inserter(archives),
        [&](const catalog::Manifest& archive) { return ids.contains(archive.archive_id); });
    return archives;
}

/// Chooses the archives that the target lacks, the oldest first.
class Choice {
  public:
    explicit Choice(const archive::ArchiveView& target) : target_(target) {
        for (const catalog::Manifest& archive : target.archives)
            bases_.insert(snapshot_of(archive));
    }

    void add(const catalog::Manifest& archive, Log& log) {
        if (is_present(archive)) {
            ++plan.present;
        } else if (target_.has_tombstone(archive.archive_id)) {
            leave_out(archive);
        } else if (lost_its_base(archive)) {
            log.warning(
                fmt::format("archive {} is not copied: the archive it builds on was removed "
                            "from the other store",
                            archive.archive_id));
            leave_out(archive);
        } else {
            bases_.insert(snapshot_of(archive));
            plan.archives.push_back(archive);
        }
    }

    CopyPlan plan;

  private:
    using Snapshot = std::pair<std::uint64_t, bool>;  // guid, raw

    static Snapshot snapshot_of(const catalog::Manifest& archive) {
        return {archive.to_guid, archive.raw};
    }
    [[nodiscard]] bool is_present(const catalog::Manifest& archive) const {
        return target_.committed.contains(archive.archive_id) ||
               std::ranges::any_of(target_.archives, [&](const catalog::Manifest& other) {
                   return same_snapshots(archive, other);
               });
    }
    [[nodiscard]] bool lost_its_base(const catalog::Manifest& archive) const {
        const Snapshot base{archive.from_guid, archive.raw};
        return !archive.full() && !bases_.contains(base) && left_out_.contains(base);
    }
    void leave_out(const catalog::Manifest& archive) {
        ++plan.removed;
        left_out_.insert(snapshot_of(archive));
    }

    const archive::ArchiveView& target_;
    std::set<Snapshot> bases_;     // that the target has, or will have
    std::set<Snapshot> left_out_;  // of archives that are not copied
};

CopyPlan choose_missing(Log& log, const std::vector<catalog::Manifest>& archives,
                        const archive::ArchiveView& there) {
    Choice choice(there);
    for (const catalog::Manifest& archive : archives) choice.add(archive, log);
    return std::move(choice.plan);
}

/// The source's part size if the target store supports it: then both have the same digests. Else
/// the smallest that fits the largest segment.
std::uint64_t part_size_for(const catalog::Manifest& archive, const store::Limits& limits) {
    std::uint64_t largest = 0;
    for (const catalog::Segment& segment : archive.segments)
        largest = std::max(largest, segment.stored_size);
    const auto fits = [&](std::uint64_t size) {
        const bool power = !limits.part_size_power_of_two ||
                           (std::has_single_bit(size) && size >= (std::uint64_t{1} << 20U));
        return power && size >= limits.min_part_size &&
               size <= std::min(limits.max_part_size, std::uint64_t{4} << 30U) &&
               largest <= size * limits.max_parts;
    };
    if (fits(archive.segments.front().part_size)) return archive.segments.front().part_size;
    std::uint64_t size = std::uint64_t{8} << 20U;
    while (!fits(size) && size < (std::uint64_t{4} << 30U)) size *= 2;
    return size;
}

/// Reads the stream of an adopted archive, which is one segment.
class SegmentSource final : public Source {
  public:
    SegmentSource(archive::SegmentReader& reader, flow::BufferPool& pool, thaw::ThawWatch& watch,
                  std::size_t archive)
        : reader_(reader), pool_(pool), watch_(watch), archive_(archive) {}

    Result<std::size_t> read(MutableBytes into) override {
        if (at_ == piece_.block.size) {
            ZG_TRY(std::optional<archive::Piece> next, reader_.next());
            if (!next) return std::size_t{0};
            watch_.keep(archive_, position_);
            pool_.give_back(std::move(piece_.block));
            piece_ = std::move(*next);
            at_ = 0;
        }
        const Bytes rest = piece_.block.bytes().subspan(at_);
        const std::size_t count = std::min(rest.size(), into.size());
        copy_bytes(rest.first(count), into);
        at_ += count;
        position_ += count;
        return count;
    }

  private:
    archive::SegmentReader& reader_;
    flow::BufferPool& pool_;
    thaw::ThawWatch& watch_;
    std::size_t archive_;
    archive::Piece piece_;
    std::size_t at_ = 0;
    std::uint64_t position_ = 0;
};

/// Copies one archive.
class Copying {
  public:
    Copying(Context& from, Context& to, const catalog::Manifest& archive, thaw::ThawWatch& watch,
            std::size_t index)
        : from_(from),
          to_(to),
          archive_(archive),
          watch_(watch),
          index_(index),
          writer_(to, archive.archive_id) {}

    Result<void> run(const CopyOptions& options) {
        // Aborts uploads that an earlier run left.
        ZG_CHECK(writer_.stop());
        auto copied = archive_.adopted ? resegment(options) : copy_segments();
        if (!copied) {
            // Completed segments stay for the next run.
            (void)writer_.stop();
            return fail(std::move(copied.error()));
        }
        const catalog::Manifest& manifest = *copied;
        ZG_CHECK(writer_.commit(manifest));
        return to_.archives.catalog.put(manifest);
    }

  private:
    auto await() {
        return [this](std::size_t segment) { return watch_.await_segment(index_, segment); };
    }

    Result<catalog::Manifest> copy_segments() {
        const std::uint64_t part_size = part_size_for(archive_, to_.archives.store.limits());
        flow::BufferPool parts(part_size);
        archive::Uploader uploader(to_, archive_.archive_id, part_size,
                                   catalog::segment_suffix(archive_.encodings), parts);
        for (std::size_t i = 0; i < archive_.segments.size(); ++i) {
            ZG_TRY(const auto copied, find_copied(archive_.segments[i], part_size));
            if (copied) {
                uploader.skip(*copied);
                from_.world.progress.advance(copied->stored_size);
            } else {
                ZG_CHECK(copy_segment(i, uploader, parts, part_size));
            }
            watch_.keep(index_, archive_.segments[i].stream_end);
        }
        catalog::Manifest manifest = archive_;
        manifest.segments = uploader.segments();
        return manifest;
    }

    /// The segment, if an earlier run has copied it. Removes one that is not the same.
    Result<std::optional<catalog::Segment>> find_copied(const catalog::Segment& segment,
                                                        std::uint64_t part_size) {
        const std::string name = archive_.object_name(segment);
        auto stat = to_.archives.store.stat(name);
        if (!stat && stat.error().kind == ErrorKind::not_found)
            return std::optional<catalog::Segment>{};
        if (!stat) return fail(std::move(stat.error()));
        const bool by_sha256 = segment.part_size == part_size && stat->composite_sha256 &&
                               stat->composite_sha256 == segment.composite_sha256;
        const bool by_tree = stat->tree_hash && stat->tree_hash == segment.tree_hash;
        if (stat->size == segment.stored_size && (by_sha256 || by_tree)) {
            catalog::Segment copied = segment;
            copied.tree_hash = stat->tree_hash;
            return std::optional(copied);
        }
        ZG_CHECK(to_.archives.store.remove(name));
        return std::optional<catalog::Segment>{};
    }

    Result<void> copy_segment(std::size_t index, archive::Uploader& uploader,
                              flow::BufferPool& parts, std::uint64_t part_size) {
        flow::BufferPool pieces(archive::SegmentReader::largest_range + 1);
        archive::SegmentReader reader(from_, archive_, index, 1, pieces);
        reader.before_segment(await());
        flow::Block part = parts.take(part_size);
        for (;;) {
            ZG_TRY(std::optional<archive::Piece> piece, reader.next());
            if (!piece) return {};
            for (Bytes rest = piece->block.bytes(); !rest.empty();) {
                const std::size_t count = std::min<std::size_t>(rest.size(), part_size - part.size);
                part.append(rest.first(count));
                rest = rest.subspan(count);
                const bool ends = piece->last && rest.empty();
                if (part.size < part_size && !ends) continue;
                archive::Chunk chunk{
                    .block = std::exchange(part, ends ? flow::Block() : parts.take(part_size)),
                    .span = {},
                    .segment_end = std::nullopt};
                if (ends)
                    chunk.segment_end = archive::SegmentEnd{.segment = end_of(index, part_size)};
                ZG_CHECK(uploader.take(std::move(chunk), {}));
            }
            pieces.give_back(std::move(piece->block));
        }
    }

    [[nodiscard]] catalog::Segment end_of(std::size_t index, std::uint64_t part_size) const {
        catalog::Segment segment = archive_.segments[index];
        segment.part_size = part_size;
        return segment;
    }

    /// Divides the stream of another program's archive into segments of the usual size.
    Result<catalog::Manifest> resegment(const CopyOptions& options) {
        ZG_CHECK(writer_.abandon());
        flow::BufferPool pieces(archive::SegmentReader::largest_range + 1);
        archive::SegmentReader reader(from_, archive_, 0, 1, pieces);
        reader.before_segment(await());
        SegmentSource source(reader, pieces, watch_, index_);
        archive::CheckedInput input(source);
        auto segments =
            writer_.add_segments(input, {.plan = options.segments, .coding = {}, .counted = false});
        if (!segments)
            return archive::in_segment(std::move(segments.error()),
                                       archive_.object_name(archive_.segments.front()));
        return manifest_of(input.checker().summary(), std::move(*segments));
    }

    [[nodiscard]] catalog::Manifest manifest_of(const stream::Summary& summary,
                                                std::vector<catalog::Segment> segments) const {
        catalog::Manifest manifest = archive_;
        prove(manifest, *summary.first_stream());
        manifest.adopted.reset();
        manifest.program = program_version();
        manifest.end_checksum = summary.end_checksum;
        manifest.segments = std::move(segments);
        return manifest;
    }

    Context& from_;
    Context& to_;
    const catalog::Manifest& archive_;
    thaw::ThawWatch& watch_;
    std::size_t index_;
    archive::ArchiveWriter writer_;
};

/// False if the archive is not readable yet and the user does not want to wait.
Result<bool> make_readable(Context& from, const CopyPlan& plan, const CopyOptions& options,
                           thaw::ThawWatch& watch, std::size_t index) {
    ZG_TRY(const bool now, watch.readable(index));
    if (now || !options.wait) return now;
    from.world.progress.end();
    ZG_CHECK(watch.wait_for(index));
    std::uint64_t left = 0;
    for (std::size_t i = index; i < plan.archives.size(); ++i) left += plan.archives[i].stored_size;
    from.world.progress.begin("copy", left);
    return true;
}

Result<void> copy_all(Context& from, Context& to, const CopyPlan& plan, const CopyOptions& options,
                      CopyReport& report) {
    thaw::ThawWatch watch(from, plan.thaw);
    ZG_TRY(report.asked, watch.ask());
    for (std::size_t i = 0; i < plan.archives.size(); ++i) {
        const catalog::Manifest& archive = plan.archives[i];
        ZG_TRY(const bool readable, make_readable(from, plan, options, watch, i));
        if (!readable) {
            report.waiting = true;
            report.retry_at = watch.plan().ready(from.world.clock.now());
            return {};
        }
        ZG_CHECK(Copying(from, to, archive, watch, i).run(options));
        ++report.copied;
        from.world.log.info(fmt::format("copied {} ({}@{})", archive.archive_id, archive.dataset,
                                        archive.snapshot));
    }
    return {};
}

}  // namespace

std::uint64_t CopyPlan::stored_bytes() const {
    std::uint64_t sum = 0;
    for (const catalog::Manifest& archive : archives) sum += archive.stored_size;
    return sum;
}

Result<CopyPlan> plan_copy(Context& from, Context& to, const CopyOptions& options) {
    if (from.archives.store_id == to.archives.store_id)
        return fail({.kind = ErrorKind::usage,
                     .what = "source and target are the same store",
                     .where = to.archives.store.url(),
                     .hint = "name another store with --to; `zglacier init` creates one"});
    ZG_TRY(const archive::ArchiveView here, archive::load_archives(from));
    ZG_TRY(const archive::ArchiveView there, archive::load_archives(to));
    for (const archive::UnreadableManifest& manifest : here.unreadable)
        from.world.log.warning(manifest.error.message());
    ZG_TRY(const std::vector<catalog::Manifest> archives, wanted(here, options));
    CopyPlan plan = choose_missing(from.world.log, archives, there);
    const bool open = std::ranges::any_of(
        plan.archives, [](const catalog::Manifest& archive) { return !archive.encrypted(); });
    if (open && (to.archives.needs_passphrase || !to.archives.recipients.empty()))
        return fail({.kind = ErrorKind::usage,
                     .what = "the target store is for encrypted archives, but those to be copied "
                             "are not encrypted",
                     .where = to.archives.store.url(),
                     .hint = "copy to a store that was created without encryption, or back up the "
                             "dataset into that store"});
    ZG_TRY(plan.thaw, thaw::plan_thaw(from, plan.archives, options.thaw));
    return plan;
}

Result<CopyReport> copy_archives(Context& from, Context& to, const CopyPlan& plan,
                                 const CopyOptions& options) {
    CopyReport report;
    from.world.progress.begin("copy", plan.stored_bytes());
    auto copied = copy_all(from, to, plan, options, report);
    from.world.progress.end();
    if (!copied) return fail(std::move(copied.error()));
    return report;
}

}  // namespace zg::ops
