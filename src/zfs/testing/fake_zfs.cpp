#include "zfs/testing/fake_zfs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "zfs/zfs.hpp"

namespace zg::zfs {

namespace {

std::unexpected<Error> missing(const std::string& name) {
    return fail({.kind = ErrorKind::not_found,
                 .what = "there is no such dataset or snapshot",
                 .where = name,
                 .cause = fmt::format("cannot open '{}': dataset does not exist", name)});
}

std::string dataset_of(const std::string& name) { return name.substr(0, name.find_first_of("@#")); }
std::string short_name(const std::string& name) {
    return name.substr(name.find_first_of("@#") + 1);
}

class FakeSending final : public Sending {
  public:
    FakeSending(Buffer stream, Ended ended)
        : stream_(std::move(stream)), source_(stream_), ended_(std::move(ended)) {}
    Source& out() override { return source_; }
    Result<Ended> wait() override { return ended_; }

  private:
    Buffer stream_;
    BytesSource source_;
    Ended ended_;
};

std::unexpected<Error> not_faked(const char* what) {
    return fail({.kind = ErrorKind::unsupported, .what = fmt::format("{} is not faked", what)});
}

}  // namespace

void FakeZfs::create(const std::string& dataset) {
    ++txg_;
    datasets_[dataset] = {.name = dataset,
                          .type = "filesystem",
                          .guid = txg_ * 1000,
                          .encrypted = false,
                          .compression = "lz4",
                          .snapshots = {},
                          .bookmarks = {}};
}

void FakeZfs::take(const std::string& snapshot) const {
    ++txg_;
    datasets_.at(dataset_of(snapshot))
        .snapshots.push_back(
            {.name = short_name(snapshot), .guid = txg_ * 1000, .createtxg = txg_, .mark = {}});
}

void FakeZfs::lose(const std::string& snapshot) const {
    std::erase_if(datasets_.at(dataset_of(snapshot)).snapshots,
                  [&](const Snapshot& one) { return one.name == short_name(snapshot); });
    holds_.erase(snapshot);
}

std::vector<std::string> FakeZfs::holds(const std::string& snapshot) const {
    const auto found = holds_.find(snapshot);
    return found == holds_.end() ? std::vector<std::string>{} : found->second;
}

Snapshot* FakeZfs::find_snapshot(const std::string& name) const {
    const auto dataset = datasets_.find(dataset_of(name));
    if (dataset == datasets_.end()) return nullptr;
    auto& all =
        name.find('#') == std::string::npos ? dataset->second.snapshots : dataset->second.bookmarks;
    const auto found = std::ranges::find(all, short_name(name), &Snapshot::name);
    return found == all.end() ? nullptr : &*found;
}

Result<void> FakeZfs::change(const std::string& what,
                             const std::function<Result<void>()>& act) const {
    changes.push_back(what);
    const bool fails = changes.size() == fail_change;
    const auto failure = [&] {
        return fail(
            {.kind = ErrorKind::zfs, .what = "a failure injected by the test", .where = what});
    };
    if (fails && !fails_afterwards) return failure();
    ZG_CHECK(act());
    return fails ? Result<void>(failure()) : Result<void>{};
}

Result<Dataset> FakeZfs::inspect(const std::string& dataset, const std::string&) const {
    const auto found = datasets_.find(dataset);
    if (found == datasets_.end()) return missing(dataset);
    Dataset copy = found->second;
    for (Snapshot& snapshot : copy.snapshots)
        snapshot.user_refs = holds(dataset + "@" + snapshot.name).size();
    copy.has_bookmarks_feature = can.bookmarks;
    return copy;
}

Result<std::optional<TimePoint>> FakeZfs::creation(const std::string&) const {
    return std::optional<TimePoint>{};
}

Result<std::optional<std::uint64_t>> FakeZfs::written_since(const std::string&,
                                                            const std::string&) const {
    return can.written ? std::optional(written) : std::nullopt;
}

Result<std::string> FakeZfs::set_mountpoint(const std::string&) const { return std::string{}; }

Result<void> FakeZfs::snapshot(const std::string& snapshot, const std::string&,
                               const std::string& mark) const {
    return change("snapshot " + snapshot, [&]() -> Result<void> {
        take(snapshot);
        find_snapshot(snapshot)->mark = mark;
        return {};
    });
}

Result<void> FakeZfs::rename_snapshot(const std::string& from, const std::string& to) const {
    return change("rename " + from, [&]() -> Result<void> {
        Snapshot* snapshot = find_snapshot(from);
        if (snapshot == nullptr) return missing(from);
        snapshot->name = short_name(to);
        return {};
    });
}

Result<void> FakeZfs::destroy_snapshot(const std::string& snapshot) const {
    return change("destroy " + snapshot, [&]() -> Result<void> {
        if (!holds(snapshot).empty())
            return fail({.kind = ErrorKind::zfs,
                         .what = "cannot destroy the snapshot",
                         .where = snapshot,
                         .cause = "snapshot is held"});
        lose(snapshot);
        return {};
    });
}

Result<void> FakeZfs::hold(const std::string& tag, const std::string& snapshot) const {
    return change("hold " + snapshot, [&]() -> Result<void> {
        if (find_snapshot(snapshot) == nullptr) return missing(snapshot);
        auto& tags = holds_[snapshot];
        if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
        return {};
    });
}

Result<void> FakeZfs::release(const std::string& tag, const std::string& snapshot) const {
    return change("release " + snapshot, [&]() -> Result<void> {
        std::erase(holds_[snapshot], tag);
        return {};
    });
}

Result<void> FakeZfs::bookmark(const std::string& snapshot, const std::string& bookmark) const {
    return change("bookmark " + bookmark, [&]() -> Result<void> {
        const Snapshot* from = find_snapshot(snapshot);
        if (from == nullptr) return missing(snapshot);
        if (find_snapshot(bookmark) != nullptr) return {};
        datasets_.at(dataset_of(bookmark))
            .bookmarks.push_back({.name = short_name(bookmark),
                                  .guid = from->guid,
                                  .createtxg = from->createtxg,
                                  .mark = {}});
        return {};
    });
}

Result<std::optional<std::uint64_t>> FakeZfs::estimate(const SendSpec&) const {
    return can.send_estimate ? std::optional<std::uint64_t>(4096) : std::nullopt;
}

Result<bool> FakeZfs::sends_properties_from(const std::string&) const {
    return properties_from_bookmark;
}

Result<std::unique_ptr<Sending>> FakeZfs::send(const SendSpec& spec) const {
    const Snapshot* to = find_snapshot(spec.snapshot);
    const Snapshot* from = spec.from ? find_snapshot(*spec.from) : nullptr;
    if (to == nullptr) return missing(spec.snapshot);
    if (spec.from && from == nullptr) return missing(*spec.from);
    const std::uint64_t base = from != nullptr ? from->guid : 0;
    return std::make_unique<FakeSending>(streams_(spec, base, to->guid), send_ends);
}

Result<std::unique_ptr<Sending>> FakeZfs::send_from(const std::string&) const {
    return not_faked("zfs send -t");
}

Result<std::unique_ptr<Receiving>> FakeZfs::receive(const ReceiveSpec&) const {
    return not_faked("zfs receive");
}

Result<std::optional<std::string>> FakeZfs::receive_token(const std::string&) const {
    return std::optional<std::string>{};
}

Result<void> FakeZfs::abort_receive(const std::string&) const { return {}; }

}  // namespace zg::zfs
