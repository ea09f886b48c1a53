// Runs the commands `zfs` and `zpool`.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/subprocess.hpp"
#include "zfs/zfs.hpp"

namespace zg::zfs {

/// Runs `program` to find out what it can do. unsupported if it does not exist. References outlive
/// the result.
Result<std::unique_ptr<Zfs>> open_zfs(std::string program, const Environment& environment,
                                      Clock& clock, Steps& steps);

/// The error for a command that ended with `exit`; kind and hint depend on its message.
Error exit_error(const Exit& exit, std::string what, std::string where);

}  // namespace zg::zfs
