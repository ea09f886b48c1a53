// The interface to ZFS: datasets, snapshots, bookmarks, holds, send and receive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "zfs/capabilities.hpp"

namespace zg::zfs {

/// A snapshot or a bookmark of a dataset.
struct Snapshot {
    std::string name;  ///< the name after '@' or '#'
    std::uint64_t guid = 0;
    std::uint64_t createtxg = 0;
    std::uint64_t user_refs = 0;  ///< holds; 0 for bookmarks
    std::string mark;             ///< value of the requested property; empty if it is not set
};

/// The snapshot or bookmark of this guid among `all`; null if there is none.
const Snapshot* find_by_guid(const std::vector<Snapshot>& all, std::uint64_t guid);

/// The current state of a filesystem or volume.
struct Dataset {
    std::string name;
    std::string type;  ///< "filesystem" or "volume"
    std::uint64_t guid = 0;
    bool encrypted = false;
    std::string compression;            ///< "off", "lz4", …
    std::vector<Snapshot> snapshots;    ///< oldest first
    std::vector<Snapshot> bookmarks;    ///< oldest first
    bool has_bookmarks_feature = true;  ///< the pool supports bookmarks
};

/// What to send, and how.
struct SendSpec {
    std::string snapshot;  ///< "pool/fs@name"
    /// "pool/fs@name" or "pool/fs#name"; nothing for a full stream
    std::optional<std::string> from;
    bool properties = false;    ///< -p
    bool large_blocks = false;  ///< -L
    bool embedded = false;      ///< -e
    bool compressed = false;    ///< -c
    bool raw = false;           ///< -w

    /// The flags alone, "-p -L -e -c", as the manifest keeps them.
    [[nodiscard]] std::string flags() const;
};

/// Where to receive, and how.
struct ReceiveSpec {
    std::string dataset;
    bool force = false;                ///< -F
    std::vector<std::string> set;      ///< -o property=value
    std::vector<std::string> exclude;  ///< -x property
    bool resumable = false;            ///< -s: keep what was received if it fails
};

/// How a `zfs send` or `zfs receive` ended.
struct Ended {
    bool success = true;
    /// It failed only because the other end of its pipe was closed.
    bool pipe_closed = false;
    Error error{};  ///< why it failed; `where` is the snapshot or dataset
};

/// A running `zfs send`. The destructor ends it unless wait() was called.
class Sending {
  public:
    virtual ~Sending() = default;
    [[nodiscard]] virtual Source& out() = 0;
    /// Closes the stream and waits for the end. An error means that waiting failed.
    virtual Result<Ended> wait() = 0;
};

/// A running `zfs receive`. The destructor ends it unless wait() was called.
class Receiving {
  public:
    virtual ~Receiving() = default;
    /// If zfs receive has ended, writing fails with kind io.
    [[nodiscard]] virtual Sink& in() = 0;
    /// Ends the stream and waits for the end. An error means that waiting failed.
    virtual Result<Ended> wait() = 0;
};

/// The reasons for refusals by zfs that are handled.
enum class Refusal {
    other,
    busy,             ///< "dataset is busy"
    target_modified,  ///< "has been modified since most recent snapshot"
    target_exists,    ///< "must specify -F"
};
/// The reason, from the message of zfs in `error.cause`.
Refusal refusal_of(const Error& error);

/// ZFS as zglacier uses it. Every call that changes something is announced to Steps. Any number of
/// threads. Errors: not_found (no such dataset or snapshot, or no zfs command), refused (no
/// permission), conflict, full, zfs (anything else); `cause` is the message of zfs.
class Zfs {
  public:
    virtual ~Zfs() = default;

    [[nodiscard]] virtual const Capabilities& capabilities() const = 0;

    /// The dataset with its snapshots and bookmarks. `mark_property`: a user property to be read
    /// for each snapshot.
    virtual Result<Dataset> inspect(const std::string& dataset,
                                    const std::string& mark_property) const = 0;
    /// As inspect(), but nothing if there is no such dataset.
    Result<std::optional<Dataset>> find(const std::string& dataset,
                                        const std::string& mark_property) const;

    /// When `snapshot` ("pool/fs@name") was taken; nothing if it does not exist.
    virtual Result<std::optional<TimePoint>> creation(const std::string& snapshot) const = 0;

    /// Bytes written to `dataset` since `from` ("@name" or "#name"); nothing if this ZFS cannot
    /// report that. Waits until everything written so far is on the disk.
    virtual Result<std::optional<std::uint64_t>> written_since(const std::string& dataset,
                                                               const std::string& from) const = 0;

    /// The mountpoint that was set on the dataset itself or received with it; empty if it is
    /// inherited from its parent.
    virtual Result<std::string> set_mountpoint(const std::string& dataset) const = 0;

    /// Takes `snapshot` ("pool/fs@name") with the user property `mark_property`=`mark`.
    virtual Result<void> snapshot(const std::string& snapshot, const std::string& mark_property,
                                  const std::string& mark) const = 0;
    /// Renames the snapshot `from`; both names have the form "pool/fs@name".
    virtual Result<void> rename_snapshot(const std::string& from, const std::string& to) const = 0;
    /// Destroys a snapshot; it is not an error if it is gone.
    virtual Result<void> destroy_snapshot(const std::string& snapshot) const = 0;
    /// It is not an error if a hold with this tag exists.
    virtual Result<void> hold(const std::string& tag, const std::string& snapshot) const = 0;
    /// It is not an error if the hold is gone.
    virtual Result<void> release(const std::string& tag, const std::string& snapshot) const = 0;
    /// Creates `bookmark` ("pool/fs#name"); it is not an error if it exists.
    virtual Result<void> bookmark(const std::string& snapshot,
                                  const std::string& bookmark) const = 0;

    /// Bytes that `zfs send` expects to send (may be too high or too low); nothing if this ZFS
    /// cannot estimate.
    virtual Result<std::optional<std::uint64_t>> estimate(const SendSpec& spec) const = 0;
    /// Whether this ZFS sends properties (-p) from the bookmark `from`, "pool/fs#name".
    virtual Result<bool> sends_properties_from(const std::string& from) const = 0;
    /// Starts `zfs send`.
    virtual Result<std::unique_ptr<Sending>> send(const SendSpec& spec) const = 0;
    /// Starts `zfs send -t`, whose stream has no properties.
    virtual Result<std::unique_ptr<Sending>> send_from(const std::string& resume_token) const = 0;
    /// Starts `zfs receive -u`.
    virtual Result<std::unique_ptr<Receiving>> receive(const ReceiveSpec& spec) const = 0;
    /// The resume token that a failed `zfs receive -s` has left for `dataset`. Nothing if there is
    /// none, or this ZFS does not support them.
    virtual Result<std::optional<std::string>> receive_token(const std::string& dataset) const = 0;
    /// Drops what that receive has left (`zfs receive -A`): a dataset that the receive created is
    /// destroyed, any other stays at its newest snapshot. It is not an error if there is nothing.
    /// locked while that receive is still running.
    virtual Result<void> abort_receive(const std::string& dataset) const = 0;
};

/// Whether `zfs receive -x PROPERTY` has no effect on an existing dataset, as when a receive is
/// resumed: true for properties that are not inherited (zfs_setup_cmdline_props() in OpenZFS's
/// libzfs_sendrecv.c).
bool exclusion_is_forgotten(std::string_view property);

/// Refuses (usage) a name that ZFS would not accept as pool/path, so that it cannot be mistaken for
/// an option or a shell word.
Result<void> check_dataset_name(std::string_view name);
/// The same for what follows '@'.
Result<void> check_snapshot_name(std::string_view name);

}  // namespace zg::zfs
