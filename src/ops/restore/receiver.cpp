#include "ops/restore/receiver.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ops/backup/cleanup.hpp"

namespace zg::ops {

namespace {

constexpr const char* ask_streams =
    "this archive was written by another program, and only its description and date are known: "
    "`zglacier vault adopt --prove` finds out what it builds on";

}  // namespace

Result<void> Receiver::write(Bytes bytes) {
    if (receiving_) return pass(bytes);
    start_of_stream_.insert(start_of_stream_.end(), bytes.begin(), bytes.end());
    ZG_CHECK(look_.feed(bytes));
    if (look_.summary().begins.empty()) return {};
    ZG_CHECK(start(look_.summary().begins.front()));
    return pass(start_of_stream_);
}

Result<void> Receiver::pass(Bytes bytes) {
    auto taken = receiving_->in().write(bytes);
    state_ = taken ? State::receiving : State::refused;
    return taken;
}

Result<void> Receiver::start(const stream::Begin& begin) {
    ZG_TRY(const auto target, zfs_.find(spec_.dataset, mark_property));
    if (target) {
        ZG_CHECK(check_base(begin, *target));
        ZG_CHECK(make_way(begin, *target));
    }
    context_.world.steps.at("zfs.receive begin");
    ZG_TRY(receiving_, zfs_.receive(spec_));
    return {};
}

Result<void> Receiver::check_base(const stream::Begin& begin, const zfs::Dataset& target) const {
    const bool there = begin.from_guid == 0 || begin.compound ||
                       zfs::find_by_guid(target.snapshots, begin.from_guid) != nullptr;
    if (archive_.proved() || there) return {};
    return fail(
        {.kind = ErrorKind::conflict,
         .what = fmt::format(
             "archive {} builds on the snapshot with guid {}, which the target does not have",
             archive_.archive_id, begin.from_guid),
         .where = target.name,
         .hint = ask_streams});
}

/// zfs receive refuses a stream if another snapshot has the same name: appends the time to the name
/// of that one.
Result<void> Receiver::make_way(const stream::Begin& begin, const zfs::Dataset& target) {
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
        fmt::format("renaming {} to {}: the next snapshot has the same name", old, other));
    return zfs_.rename_snapshot(old, other);
}

Result<zfs::Ended> Receiver::finish() { return receiving_->wait(); }

void Receiver::abandon() {
    if (receiving_) (void)receiving_->wait();
}

}  // namespace zg::ops
