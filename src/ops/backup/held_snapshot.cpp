#include "ops/backup/held_snapshot.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "base/result.hpp"
#include "ops/backup/cleanup.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

HeldSnapshot::~HeldSnapshot() { undo(); }

void HeldSnapshot::undo() {
    Log& log = context_.world.log;
    if (std::exchange(held_, false))
        leave_to_next_run(zfs_.release(hold_tag(context_.archives.store_id), full_name()), log);
    if (std::exchange(ours_, false))
        leave_to_next_run(destroy_when_free(context_, zfs_, full_name()), log);
}

Result<void> HeldSnapshot::take(const std::string& name) {
    name_ = name;
    // From here on it may exist: the command may take it and fail afterwards.
    ours_ = true;
    ZG_CHECK(zfs_.snapshot(full_name(), mark_property, context_.archives.store_id));
    return hold(name, true);
}

Result<void> HeldSnapshot::hold(const std::string& name, bool ours) {
    name_ = name;
    ours_ = ours;
    held_ = true;
    return zfs_.hold(hold_tag(context_.archives.store_id), full_name());
}

Result<zfs::Snapshot> HeldSnapshot::find(std::uint64_t guid) const {
    ZG_TRY(const zfs::Dataset now, zfs_.inspect(dataset_, mark_property));
    const auto found = std::ranges::find(now.snapshots, name_, &zfs::Snapshot::name);
    if (found != now.snapshots.end() && (guid == 0 || found->guid == guid)) return *found;
    return fail({.kind = ErrorKind::conflict,
                 .what = "the snapshot was destroyed or replaced in the meantime",
                 .where = full_name()});
}

Result<void> HeldSnapshot::release() {
    held_ = ours_ = false;
    return zfs_.release(hold_tag(context_.archives.store_id), full_name());
}

}  // namespace zg::ops
