// The files in a dir store's `.tmp/` that will become objects. For DirStore only.
//
// - `up~<16 hex digits>~<part size>~<started, Unix time>~<name>`: an upload; part n is at
//   (n - 1) * part size
// - `put~<16 hex digits>~<name>`: a hot object while it is written
// <name> is the object's, with '~' for '/'. Everything about an upload is in its file's name, so
// one system call creates it. An upload stays until it is completed or aborted. The writer of a hot
// object holds a lock (flock) on its file; a file without a writer was left by a crash, and
// collect_leftovers() removes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"
#include "store/dir/tree.hpp"
#include "store/store.hpp"

namespace zg::store {

inline constexpr std::string_view temporary_folder = ".tmp";

/// A file in `.tmp/`.
struct Temporary {
    Fd file;           ///< open for reading and writing
    std::string path;  ///< within the tree
};

/// Creates the file of a new upload.
Result<Temporary> new_upload_file(const DirTree& tree, Upload& upload);
/// Creates the file of a new hot object and locks it.
Result<Temporary> new_hot_file(const DirTree& tree, std::string_view name);

/// The upload of the file `id` in `.tmp/`; nothing if the file is not an upload.
std::optional<Upload> parse_upload(std::string_view id);
/// Returns the upload as described by its file's name, and the file's path within the tree; usage
/// if it is not an upload of this store.
Result<Upload> recall_upload(const Upload& upload, std::string& path);

/// All uploads for names that begin with `prefix`, sorted by name.
Result<std::vector<Upload>> list_uploads(const DirTree& tree, std::string_view prefix);

/// Removes the files of hot objects whose writer is gone, and empty folders of archives. Ignores
/// failures: the next call tries again.
void collect_leftovers(const DirTree& tree);

}  // namespace zg::store
