#include "job/receive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/units.hpp"
#include "job/fetch.hpp"
#include "stream/checker.hpp"

namespace zg::job {

namespace {

constexpr const char* ask_streams = "zglacier knows this archive, which another program wrote, by its description and date alone: `zglacier vault adopt --prove` finds out what it builds on";

Error receive_error(const Exit& exit, const catalog::Manifest& archive, const std::string& target) {
    Error error = zfs::Zfs::exit_error(exit, fmt::format("zfs receive refused archive {}", archive.archive_id), target);
    if (!error.hint.empty() && error.kind != ErrorKind::not_found) return error;
    if (error.cause.find("has been modified") != std::string::npos)
        error.hint = "the target was changed since its newest snapshot: --force rolls it back to that snapshot first";
    else if (error.cause.find("must specify -F") != std::string::npos)
        error.hint = "restore to a name that does not exist yet, or give --force";
    else if (error.kind == ErrorKind::not_found)
        error.hint = "make the parent dataset first: zfs create -p PARENT";
    else
        error.hint = "nothing of this archive was kept; what was received before it is whole. Run the same command again to go on";
    return error;
}

/// A zfs receive that begins when the stream has said what it is.
class Receiver final : public Sink {
  public:
    Receiver(Context& context, const zfs::Zfs& zfs, const catalog::Manifest& archive, zfs::ReceiveSpec spec)
        : context_(context), zfs_(zfs), archive_(archive), spec_(std::move(spec)) {}

    Result<void> write(Bytes bytes) override {
        if (process_) return process_->in().write(bytes);
        start_of_stream_.insert(start_of_stream_.end(), bytes.begin(), bytes.end());
        ZG_CHECK(look_.feed(bytes));
        if (look_.summary().begins.empty()) return {};
        ZG_CHECK(begin(look_.summary().begins.front()));
        return process_->in().write(start_of_stream_);
    }

    [[nodiscard]] std::optional<Process>& process() { return process_; }

  private:
    Result<void> begin(const stream::Begin& begin) {
        ZG_TRY(const auto target, zfs_.find(spec_.dataset, mark_property));
        if (target) {
            ZG_CHECK(check_base(begin, *target));
            ZG_CHECK(make_way(begin, *target));
        }
        context_.steps.at("zfs.receive begin");
        ZG_TRY(Process process, zfs_.receive(spec_));
        process_.emplace(std::move(process));
        return {};
    }

    [[nodiscard]] Result<void> check_base(const stream::Begin& begin, const zfs::Dataset& target) const {
        const bool there = begin.from_guid == 0 || begin.compound || std::ranges::find(target.snapshots, begin.from_guid, &zfs::Snapshot::guid) != target.snapshots.end();
        if (archive_.proved() || there) return {};
        return fail({.kind = ErrorKind::conflict,
                     .what = fmt::format("archive {} builds on the snapshot with guid {}, which the target does not have", archive_.archive_id, begin.from_guid),
                     .where = target.name,
                     .hint = ask_streams});
    }

    /// A snapshot of the target that has the new one's name gets its time behind it: zfs receive would refuse the stream.
    Result<void> make_way(const stream::Begin& begin, const zfs::Dataset& target) {
        const std::size_t at = begin.to_name.find('@');
        if (at == std::string::npos) return {};
        const std::string name = begin.to_name.substr(at + 1);
        const auto same = std::ranges::find(target.snapshots, name, &zfs::Snapshot::name);
        const std::uint64_t guid = begin.compound ? archive_.to_guid : begin.to_guid;
        if (same == target.snapshots.end() || same->guid == guid) return {};
        const std::string old = fmt::format("{}@{}", target.name, name);
        ZG_TRY(const auto taken, zfs_.creation(old));
        const std::string other = fmt::format("{}-{}", old, compact_utc(taken.value_or(archive_.created)));
        context_.log.info(fmt::format("{} becomes {}: the next snapshot has its name", old, other));
        return zfs_.rename_snapshot(old, other);
    }

    Context& context_;
    const zfs::Zfs& zfs_;
    const catalog::Manifest& archive_;
    zfs::ReceiveSpec spec_;
    stream::Checker look_;
    Buffer start_of_stream_;
    std::optional<Process> process_;
};

}  // namespace

Result<stream::Begin> receive_archive(Context& context, const zfs::Zfs& zfs, const catalog::Manifest& archive, const zfs::ReceiveSpec& spec, ThawWatch& watch, std::size_t index) {
    Receiver receiver(context, zfs, archive, spec);
    KeepingSink sink(receiver, watch, index);
    auto fetched = fetch_archive(context, archive, sink, [&](std::size_t segment) { return watch.await_segment(index, segment); });
    if (!receiver.process()) return fetched;
    Process& process = *receiver.process();
    if (!fetched && !sink.broken()) {
        // Ending its input is enough: a receive without the END record keeps nothing.
        process.close_in();
        (void)process.wait();
        return fetched;
    }
    ZG_TRY(const Exit exit, process.wait());
    context.steps.at("zfs.receive end");
    if (exit.code != 0 || !fetched) return fail(receive_error(exit, archive, spec.dataset));
    ZG_TRY(const zfs::Dataset target, zfs.inspect(spec.dataset, mark_property));
    if (std::ranges::find(target.snapshots, fetched->to_guid, &zfs::Snapshot::guid) != target.snapshots.end()) return fetched;
    return fail({.kind = ErrorKind::zfs,
                 .what = fmt::format("zfs receive reported success, but the snapshot with guid {} is not there", fetched->to_guid),
                 .where = spec.dataset});
}

}  // namespace zg::job
