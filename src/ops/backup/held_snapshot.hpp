// The snapshot that is being sent, with our hold on it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// The destructor calls undo() unless keep() or release() was called. One thread; `context` and
/// `zfs` outlive it.
class HeldSnapshot {
  public:
    HeldSnapshot(Context& context, const zfs::Zfs& zfs, std::string dataset)
        : context_(context), zfs_(zfs), dataset_(std::move(dataset)) {}
    ~HeldSnapshot();
    HeldSnapshot(const HeldSnapshot&) = delete;
    HeldSnapshot& operator=(const HeldSnapshot&) = delete;

    /// Takes the snapshot `name` with our mark, and holds it.
    Result<void> take(const std::string& name);
    /// Holds the snapshot `name`, which exists. `ours`: an earlier run took it for this archive.
    Result<void> hold(const std::string& name, bool ours = false);

    /// The snapshot as ZFS shows it now; conflict if it is gone, or has another guid than `guid`
    /// (0: any).
    Result<zfs::Snapshot> find(std::uint64_t guid) const;

    /// "pool/fs@name".
    [[nodiscard]] std::string full_name() const { return dataset_ + "@" + name_; }
    [[nodiscard]] bool ours() const { return ours_; }

    /// Releases the hold, and destroys the snapshot if take() has taken it. Failures are logged;
    /// the next run's clean_up() does the rest.
    void undo();
    /// Leaves everything as it is, for a later run.
    void keep() { held_ = ours_ = false; }
    /// The snapshot may be the next base: undo() does not destroy it.
    void spare() { ours_ = false; }
    /// Releases the hold; the snapshot stays.
    Result<void> release();

  private:
    Context& context_;
    const zfs::Zfs& zfs_;
    std::string dataset_;
    std::string name_;
    bool held_ = false;
    bool ours_ = false;
};

}  // namespace zg::ops
