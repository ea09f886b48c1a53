// The records of simulated thaws in a dir store, one small JSON file for each segment. For DirStore
// only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "store/checks.hpp"
#include "store/dir/tree.hpp"

namespace zg::store {

inline constexpr std::string_view thaw_folder = ".thaw/";

/// The path of the segment's record in the tree.
std::string thaw_path(std::string_view name);
Buffer encode_thaw(const ThawRecord& record);
/// Nothing if no thaw was requested; damage if the record is invalid.
Result<std::optional<ThawRecord>> load_thaw(const DirTree& tree, std::string_view name);
/// Removes the record durably, and the folders it leaves empty.
Result<void> forget_thaw(const DirTree& tree, std::string_view name);

}  // namespace zg::store
