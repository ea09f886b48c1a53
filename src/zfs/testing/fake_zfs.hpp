// ZFS in memory, for tests of code that uses ZFS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "zfs/capabilities.hpp"
#include "zfs/zfs.hpp"

namespace zg::zfs {

/// Keeps datasets with snapshots, bookmarks and holds as ZFS does. The test provides the streams.
/// One thread.
class FakeZfs final : public Zfs {
  public:
    /// Returns the output of `zfs send` for `spec`, from snapshot guid `from` (0: a full stream) to
    /// `to`.
    using Streams =
        std::function<Buffer(const SendSpec& spec, std::uint64_t from, std::uint64_t to)>;
    explicit FakeZfs(Streams streams) : streams_(std::move(streams)) {}

    /// Creates a dataset without snapshots.
    void create(const std::string& dataset);
    /// Like `zfs snapshot` by somebody else.
    void take(const std::string& snapshot) const;
    /// Destroys it, whatever holds it.
    void lose(const std::string& snapshot) const;
    /// The dataset's current state.
    [[nodiscard]] const Dataset& dataset(const std::string& name) const {
        return datasets_.at(name);
    }
    /// The tags of the holds on a snapshot.
    [[nodiscard]] std::vector<std::string> holds(const std::string& snapshot) const;

    Capabilities can{.bookmarks = true,
                     .written = true,
                     .encryption = true,
                     .send_large_blocks = true,
                     .send_embedded = true,
                     .send_compressed = true,
                     .send_raw = true,
                     .send_estimate = true,
                     .send_resumed = false,
                     .receive_properties = true,
                     .receive_resumable = true};
    bool properties_from_bookmark = false;  ///< zfs send -p works from a bookmark
    std::uint64_t written = 1;              ///< since any snapshot
    Ended send_ends{};                      ///< how every zfs send ends
    /// The changes that were made, "hold vat/home@a" and so on.
    mutable std::vector<std::string> changes{};
    /// The change with this number, from 1, fails: before anything is done, or after it.
    std::size_t fail_change = 0;
    bool fails_afterwards = false;

    [[nodiscard]] const Capabilities& capabilities() const override { return can; }
    Result<Dataset> inspect(const std::string& dataset,
                            const std::string& mark_property) const override;
    Result<std::optional<TimePoint>> creation(const std::string& snapshot) const override;
    Result<std::optional<std::uint64_t>> written_since(const std::string& dataset,
                                                       const std::string& from) const override;
    Result<std::string> set_mountpoint(const std::string& dataset) const override;
    Result<void> snapshot(const std::string& snapshot, const std::string& mark_property,
                          const std::string& mark) const override;
    Result<void> rename_snapshot(const std::string& from, const std::string& to) const override;
    Result<void> destroy_snapshot(const std::string& snapshot) const override;
    Result<void> hold(const std::string& tag, const std::string& snapshot) const override;
    Result<void> release(const std::string& tag, const std::string& snapshot) const override;
    Result<void> bookmark(const std::string& snapshot, const std::string& bookmark) const override;
    Result<std::optional<std::uint64_t>> estimate(const SendSpec& spec) const override;
    Result<bool> sends_properties_from(const std::string& from) const override;
    Result<std::unique_ptr<Sending>> send(const SendSpec& spec) const override;
    Result<std::unique_ptr<Sending>> send_from(const std::string& resume_token) const override;
    Result<std::unique_ptr<Receiving>> receive(const ReceiveSpec& spec) const override;
    Result<std::optional<std::string>> receive_token(const std::string& dataset) const override;
    Result<void> abort_receive(const std::string& dataset) const override;

  private:
    Snapshot* find_snapshot(const std::string& name) const;
    Result<void> change(const std::string& what, const std::function<Result<void>()>& act) const;

    // Mutable, because the interface is const: the real command keeps no state in this process.
    Streams streams_;
    mutable std::map<std::string, Dataset> datasets_;
    mutable std::map<std::string, std::vector<std::string>> holds_;
    mutable std::uint64_t txg_ = 0;
};

}  // namespace zg::zfs
