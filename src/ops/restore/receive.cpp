#include "ops/restore/receive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "archive/read/fetch.hpp"
#include "base/units.hpp"
#include "ops/backup/cleanup.hpp"
#include "stream/checker.hpp"
#include "stream/resumed_stream.hpp"

namespace zg::ops {

namespace {

constexpr const char* ask_streams =
    "zglacier knows this archive, which another program wrote, by its description and date alone: "
    "`zglacier vault adopt --prove` finds out what it builds on";

std::string goes_on_hint(const std::string& target) {
    return fmt::format(
        "what was received stays: run the same command again to go on there; `zfs receive -A {}` "
        "drops what there is of this archive",
        target);
}

Error receive_error(Error error, const catalog::Manifest& archive, const zfs::ReceiveSpec& spec) {
    error.what = fmt::format("zfs receive refused archive {}", archive.archive_id);
    if (!error.hint.empty() && error.kind != ErrorKind::not_found) return error;
    if (zfs::refusal_of(error) == zfs::Refusal::target_modified)
        error.hint =
            "the target was changed since its newest snapshot: --force rolls it back to that "
            "snapshot first";
    else if (zfs::refusal_of(error) == zfs::Refusal::target_exists)
        error.hint = "restore to a name that does not exist yet, or give --force";
    else if (error.kind == ErrorKind::not_found)
        error.hint = "make the parent dataset first: zfs create -p PARENT";
    else if (spec.resumable)
        error.hint = goes_on_hint(spec.dataset);
    else
        error.hint =
            "nothing of this archive was kept; what was received before it is whole. Run the same "
            "command again to go on";
    return error;
}

/// Fetching has failed with `error`: what was received stays where it can be gone on with, and
/// nothing of it is to rest on damage.
Error after_cut(Context& context, const zfs::Zfs& zfs, const zfs::ReceiveSpec& spec, Error error,
                bool misfit) {
    if (!spec.resumable) return error;
    if (error.kind != ErrorKind::damage && !misfit) {
        error.hint += (error.hint.empty() ? "" : "; ") + goes_on_hint(spec.dataset);
        return error;
    }
    if (misfit)
        error.hint =
            "what was received of this archive is dropped: run the same command again to receive "
            "it from its start";
    if (auto dropped = zfs.abort_receive(spec.dataset); !dropped)
        context.world.log.warning(fmt::format(
            "{}: drop it by hand with `zfs receive -A {}` before anything is restored there",
            dropped.error().message(), spec.dataset));
    return error;
}

/// A zfs receive that begins when the stream has said what it is.
class Receiver final : public Sink {
  public:
    Receiver(Context& context, const zfs::Zfs& zfs, const catalog::Manifest& archive,
             zfs::ReceiveSpec spec)
        : context_(context), zfs_(zfs), archive_(archive), spec_(std::move(spec)) {}

    Result<void> write(Bytes bytes) override {
        if (receiving_) return receiving_->in().write(bytes);
        start_of_stream_.insert(start_of_stream_.end(), bytes.begin(), bytes.end());
        ZG_CHECK(look_.feed(bytes));
        if (look_.summary().begins.empty()) return {};
        ZG_CHECK(begin(look_.summary().begins.front()));
        return receiving_->in().write(start_of_stream_);
    }

    /// Null if it has not begun.
    [[nodiscard]] zfs::Receiving* receiving() { return receiving_.get(); }

  private:
    Result<void> begin(const stream::Begin& begin) {
        ZG_TRY(const auto target, zfs_.find(spec_.dataset, mark_property));
        if (target) {
            ZG_CHECK(check_base(begin, *target));
            ZG_CHECK(make_way(begin, *target));
        }
        context_.world.steps.at("zfs.receive begin");
        ZG_TRY(receiving_, zfs_.receive(spec_));
        return {};
    }

    [[nodiscard]] Result<void> check_base(const stream::Begin& begin,
                                          const zfs::Dataset& target) const {
        const bool there = begin.from_guid == 0 || begin.compound ||
                           std::ranges::find(target.snapshots, begin.from_guid,
                                             &zfs::Snapshot::guid) != target.snapshots.end();
        if (archive_.proved() || there) return {};
        return fail(
            {.kind = ErrorKind::conflict,
             .what = fmt::format(
                 "archive {} builds on the snapshot with guid {}, which the target does not have",
                 archive_.archive_id, begin.from_guid),
             .where = target.name,
             .hint = ask_streams});
    }

    /// A snapshot of the target that has the new one's name gets its time behind it: zfs receive
    /// would refuse the stream.
    Result<void> make_way(const stream::Begin& begin, const zfs::Dataset& target) {
        const std::size_t at = begin.to_name.find('@');
        if (at == std::string::npos) return {};
        const std::string name = begin.to_name.substr(at + 1);
        const auto same = std::ranges::find(target.snapshots, name, &zfs::Snapshot::name);
        const std::uint64_t guid = begin.compound ? archive_.to_guid : begin.to_guid;
        if (same == target.snapshots.end() || same->guid == guid) return {};
        const std::string old = fmt::format("{}@{}", target.name, name);
        ZG_TRY(const auto taken, zfs_.creation(old));
        const std::string other =
            fmt::format("{}-{}", old, compact_utc(taken.value_or(archive_.created)));
        context_.world.log.info(
            fmt::format("{} becomes {}: the next snapshot has its name", old, other));
        return zfs_.rename_snapshot(old, other);
    }

    Context& context_;
    const zfs::Zfs& zfs_;
    const catalog::Manifest& archive_;
    zfs::ReceiveSpec spec_;
    stream::Checker look_;
    Buffer start_of_stream_;
    std::unique_ptr<zfs::Receiving> receiving_;
};

/// Turns what is fetched, from the segment on in which an earlier receive stopped, into what zfs
/// receive -s wants.
class ResumingSink final : public Sink {
  public:
    ResumingSink(Sink& out, const Buffer& opening, const ReceivePoint& point)
        : out_(out),
          stream_(opening, point.at),
          opening_size_(opening.size()),
          position_(point.position()) {
        if (point.fetch.place) stream_.skip_to(point.fetch.place->object_range);
    }

    Result<void> write(Bytes bytes) override {
        changed_.clear();
        if (!begun_) ZG_CHECK(fits(stream_.begin(changed_)));
        begun_ = true;
        // The opening itself is told already.
        const auto skip = static_cast<std::size_t>(std::min<std::uint64_t>(
            opening_size_ - std::min<std::uint64_t>(opening_size_, position_), bytes.size()));
        position_ += bytes.size();
        ZG_CHECK(fits(stream_.feed(bytes.subspan(skip), changed_)));
        return changed_.empty() ? Result<void>{} : out_.write(changed_);
    }
    /// To be called when all has been written.
    Result<void> finish() {
        changed_.clear();
        ZG_CHECK(fits(stream_.finish(changed_)));
        return changed_.empty() ? Result<void>{} : out_.write(changed_);
    }
    [[nodiscard]] bool misfit() const { return misfit_; }  ///< the stream has no such place

  private:
    Result<void> fits(Result<void> done) {
        misfit_ = misfit_ || !done;
        return done;
    }

    Sink& out_;
    stream::ResumedStream stream_;
    std::uint64_t opening_size_;
    std::uint64_t position_;  // of what comes next, in the stream
    Buffer changed_;
    bool begun_ = false;
    bool misfit_ = false;
};

/// All was written to zfs receive, or it took no more.
Result<stream::Begin> end_of_receive(Context& context, const zfs::Zfs& zfs,
                                     const catalog::Manifest& archive, const zfs::ReceiveSpec& spec,
                                     zfs::Receiving& receiving, Result<stream::Begin> fetched) {
    ZG_TRY(zfs::Ended ended, receiving.wait());
    context.world.steps.at("zfs.receive end");
    if (!ended.success) return fail(receive_error(std::move(ended.error), archive, spec));
    if (!fetched) return fetched;
    ZG_TRY(const zfs::Dataset target, zfs.inspect(spec.dataset, mark_property));
    if (std::ranges::find(target.snapshots, fetched->to_guid, &zfs::Snapshot::guid) !=
        target.snapshots.end())
        return fetched;
    return fail({.kind = ErrorKind::zfs,
                 .what = fmt::format(
                     "zfs receive reported success, but the snapshot with guid {} is not there",
                     fetched->to_guid),
                 .where = spec.dataset});
}

}  // namespace

Result<stream::Begin> receive_archive(Context& context, const zfs::Zfs& zfs,
                                      const catalog::Manifest& archive,
                                      const zfs::ReceiveSpec& spec, thaw::ThawWatch& watch,
                                      std::size_t index, const ReceivePoint* point) {
    Receiver receiver(context, zfs, archive, spec);
    std::optional<ResumingSink> resume;
    if (point != nullptr) resume.emplace(receiver, archive.opening, *point);
    thaw::KeepingSink sink(resume ? static_cast<Sink&>(*resume) : receiver, watch, index,
                           point != nullptr ? point->position() : 0);
    auto fetched = archive::fetch_archive(
        context, archive, sink,
        [&](std::size_t segment) { return watch.await_segment(index, segment); },
        point != nullptr ? point->fetch : archive::FetchStart{});
    bool broken = sink.broken();
    if (fetched && resume) {
        auto finished = resume->finish();
        broken = !finished;
        if (!finished) fetched = fail(std::move(finished.error()));
    }
    const bool misfit = resume && resume->misfit();
    if (receiver.receiving() == nullptr)
        return misfit ? fail(after_cut(context, zfs, spec, std::move(fetched.error()), misfit))
                      : std::move(fetched);
    zfs::Receiving& receiving = *receiver.receiving();
    if (!fetched && (!broken || misfit)) {
        // Ending its input is enough: a receive without the END record commits nothing.
        (void)receiving.wait();
        return fail(after_cut(context, zfs, spec, std::move(fetched.error()), misfit));
    }
    return end_of_receive(context, zfs, archive, spec, receiving, std::move(fetched));
}

}  // namespace zg::ops
