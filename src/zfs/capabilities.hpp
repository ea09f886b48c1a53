// Finds out from its usage text what the installed `zfs` command can do.
#pragma once

#include <string_view>

namespace zg::zfs {

/// The features that zglacier uses and that not every ZFS has. The oldest ZFS supported has pool
/// version 23 (zfs-fuse).
struct Capabilities {
    bool bookmarks = false;
    bool written = false;             ///< the property `written@snapshot`
    bool encryption = false;          ///< the property `encryption`
    bool send_large_blocks = false;   ///< send -L
    bool send_embedded = false;       ///< send -e
    bool send_compressed = false;     ///< send -c
    bool send_raw = false;            ///< send -w
    bool send_estimate = false;       ///< send -nP
    bool send_resumed = false;        ///< send -t
    bool receive_properties = false;  ///< receive -o and -x
    bool receive_resumable = false;   ///< receive -s and -A
};

/// Parses the text that `zfs` prints without arguments.
Capabilities parse_usage(std::string_view usage);

}  // namespace zg::zfs
