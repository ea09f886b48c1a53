// ZFS by its commands, `zfs` and `zpool`.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/steps.hpp"
#include "base/subprocess.hpp"
#include "zfs/zfs.hpp"

namespace zg::zfs {

/// Finds out what `program` can do. unsupported if there is no such program. `clock` and `steps`
/// outlive it.
Result<std::unique_ptr<Zfs>> open_zfs(std::string program, Clock& clock, Steps& steps);

/// The error for a command that ended with `exit`: its kind and hint follow from what it said.
Error exit_error(const Exit& exit, std::string what, std::string where);

}  // namespace zg::zfs
