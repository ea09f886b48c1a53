// The snapshot that is being sent, with our hold on it.
#pragma once

#include <string>

#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// Unless keep() or release() was called the destructor calls undo(). One thread; `context` and
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
    /// Holds the snapshot `name`, which exists. `ours`: an earlier run has taken it for this.
    Result<void> hold(const std::string& name, bool ours = false);

    /// The snapshot as ZFS shows it now; conflict if it is gone, or not of `guid` (0: any).
    Result<zfs::Snapshot> find(std::uint64_t guid) const;

    /// "pool/fs@name".
    [[nodiscard]] std::string full_name() const { return dataset_ + "@" + name_; }
    [[nodiscard]] bool ours() const { return ours_; }

    /// Releases the hold, and destroys the snapshot if take() has taken it. What cannot be undone
    /// is logged, and left for the next run's clean_up().
    void undo();
    /// Everything stays as it is, for a later run.
    void keep() { held_ = ours_ = false; }
    /// The snapshot may be the next base: it is not destroyed.
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
