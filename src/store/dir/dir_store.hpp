// The store in a folder: a disk, a pool's filesystem, an NFS or SMB mount.
//
// - `<folder>/<name>`: objects (folders 0700, files 0600; segments, which never change, 0400, which
//   distinguishes them from hot objects)
// - `<folder>/.tmp/`: unfinished uploads and hot objects being written; see
//   dir_temporary.hpp
// - `<folder>/.thaw/<name>`: if thaws are simulated, the thaw requested for <name>
// No object's name begins with a dot, so neither folder can be mistaken for objects.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "store/store.hpp"

namespace zg::store {

struct DirOptions {
    std::string path;  ///< absolute
    /// if set, segments are cold and a thaw takes this long
    std::optional<std::chrono::seconds> thaw{};
};

/// Creates the folder `path` if it does not exist; its parent must exist.
Result<void> create_dir_store(const std::string& path, Steps& steps);

/// The store in the folder `options.path`: not_found if it does not exist, usage if it is not a
/// folder. The store keeps the folder open: if the path leads to another one later (because the
/// mount has vanished), every write fails with io.
Result<std::unique_ptr<Store>> open_dir_store(const DirOptions& options, Clock& clock,
                                              Steps& steps);

}  // namespace zg::store
