// What a dir store keeps in `.tmp/` until it becomes an object. For DirStore only.
//
// - `up~<16 hex digits>~<part size>~<started, Unix time>~<name>`: an upload; part n lies at
//   (n - 1) * part size
// - `put~<16 hex digits>~<name>`: a hot object while it is written
//
// <name> is the object's, with '~' for '/'. All that has to be known of an upload is in its file's
// name, so one system call makes it. An upload stays until somebody completes or aborts it. The
// writer of a hot object holds a lock (flock) on its file; a file without its writer is what a
// crash left, and collect_leftovers() removes it.
#pragma once

#include <optional>
#include <string>

#include "store/dir/tree.hpp"

namespace zg::store {

inline constexpr std::string_view temporary_folder = ".tmp";

/// A file in `.tmp/`.
struct Temporary {
    Fd file;           ///< open for reading and writing
    std::string path;  ///< within the tree
};

/// Makes the file of a new upload.
Result<Temporary> new_upload_file(const DirTree& tree, Upload& upload);
/// Makes the file of a new hot object and locks it.
Result<Temporary> new_hot_file(const DirTree& tree, std::string_view name);

/// The upload that the file `id` in `.tmp/` stands for; nothing where it is no upload's.
std::optional<Upload> parse_upload(std::string_view id);
/// The path within the tree of the upload's file, and the upload as its file's name tells it; usage
/// where it is not this store's.
Result<Upload> recall_upload(const Upload& upload, std::string& path);

/// All uploads for names that begin with `prefix`, sorted by name.
Result<std::vector<Upload>> list_uploads(const DirTree& tree, std::string_view prefix);

/// Removes the files of hot objects whose writer is gone, and the empty folders of archives. What
/// cannot be removed stays for the next time.
void collect_leftovers(const DirTree& tree);

}  // namespace zg::store
