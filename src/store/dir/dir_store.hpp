// The store in a folder: a disk, a pool's filesystem, an NFS or SMB mount.
//
// - `<folder>/archives/…/…`: objects, under their names (folders 0700, files 0600; segments, which
//   never change, 0400: that is how they are told from hot objects)
// - `<folder>/.tmp/`: unfinished uploads and hot objects that are not yet whole; see
//   dir_temporary.hpp
// - `<folder>/.thaw/<name>`: with a thaw delay, what was requested for <name>
//
// No name of an object begins with a dot, so that neither folder can be mistaken for objects.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/steps.hpp"
#include "store/store.hpp"

namespace zg::store {

struct DirOptions {
    std::string path;  ///< absolute
    /// where set, segments are cold and a thaw takes this long
    std::optional<std::chrono::seconds> thaw{};
};

/// Makes the folder `path` (its parent must exist) where it does not exist yet.
Result<void> create_dir_store(const std::string& path, Steps& steps);

/// The store in the folder `options.path`: not_found where it does not exist, usage where it is no
/// folder. The store holds on to the folder it found: when the path leads to another one later (the
/// mount has vanished), every write fails with kind io.
Result<std::unique_ptr<Store>> open_dir_store(const DirOptions& options, Clock& clock,
                                              Steps& steps);

}  // namespace zg::store
