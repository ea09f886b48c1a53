// What zglacier does with ZFS: datasets, snapshots, bookmarks, holds, send and receive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "zfs/capabilities.hpp"

namespace zg::zfs {

/// A snapshot or a bookmark of a dataset.
struct Snapshot {
    std::string name;  ///< behind the '@' or '#'
    std::uint64_t guid = 0;
    std::uint64_t createtxg = 0;
    std::uint64_t user_refs = 0;  ///< holds; 0 for bookmarks
    std::string mark;             ///< value of the property asked for; empty where it is not set
};

/// The snapshot or bookmark of this guid among `all`; null if there is none.
const Snapshot* find_by_guid(const std::vector<Snapshot>& all, std::uint64_t guid);

/// A filesystem or volume as it is now.
struct Dataset {
    std::string name;
    std::string type;  ///< "filesystem" or "volume"
    std::uint64_t guid = 0;
    bool encrypted = false;
    std::string compression;            ///< "off", "lz4", …
    std::vector<Snapshot> snapshots;    ///< oldest first
    std::vector<Snapshot> bookmarks;    ///< oldest first
    bool has_bookmarks_feature = true;  ///< the pool lets bookmarks be made
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
    bool resumable = false;            ///< -s: what was received stays when it fails
};

/// How a `zfs send` or `zfs receive` ended.
struct Ended {
    bool success = true;
    /// It failed only because the other end of its pipe was closed.
    bool pipe_closed = false;
    Error error{};  ///< why it failed; `where` is the snapshot or dataset
};

/// A running `zfs send`. If wait() was not called the destructor ends it.
class Sending {
  public:
    virtual ~Sending() = default;
    [[nodiscard]] virtual Source& out() = 0;
    /// Closes the stream and waits for the end. An error means that waiting itself failed.
    virtual Result<Ended> wait() = 0;
};

/// A running `zfs receive`. If wait() was not called the destructor ends it.
class Receiving {
  public:
    virtual ~Receiving() = default;
    /// If zfs receive has ended, writing fails with kind io.
    [[nodiscard]] virtual Sink& in() = 0;
    /// Ends the stream, and waits. An error means that waiting itself failed.
    virtual Result<Ended> wait() = 0;
};

/// Why zfs refused something, as far as anything is done about it.
enum class Refusal {
    other,
    busy,             ///< "dataset is busy"
    target_modified,  ///< "has been modified since most recent snapshot"
    target_exists,    ///< "must specify -F"
};
/// Read from what zfs said, in `error.cause`.
Refusal refusal_of(const Error& error);

/// What zglacier does with ZFS. Every call that changes something is announced to Steps. Any number
/// of threads. Errors: not_found (no such dataset or snapshot, or no zfs command), refused (no
/// permission), conflict, full, zfs (all else); `cause` is what zfs said.
class Zfs {
  public:
    virtual ~Zfs() = default;

    [[nodiscard]] virtual const Capabilities& capabilities() const = 0;

    /// The dataset with its snapshots and bookmarks. `mark_property`: a user property to be read
    /// for each snapshot.
    virtual Result<Dataset> inspect(const std::string& dataset,
                                    const std::string& mark_property) const = 0;
    /// As inspect(), but nothing where there is no such dataset.
    Result<std::optional<Dataset>> find(const std::string& dataset,
                                        const std::string& mark_property) const;

    /// When `snapshot` ("pool/fs@name") was taken; nothing where there is none.
    virtual Result<std::optional<TimePoint>> creation(const std::string& snapshot) const = 0;

    /// Bytes written to `dataset` since `from` ("@name" or "#name"); nothing where this ZFS cannot
    /// tell. Waits until all that was written so far is on the disk.
    virtual Result<std::optional<std::uint64_t>> written_since(const std::string& dataset,
                                                               const std::string& from) const = 0;

    /// The mountpoint that was set on the dataset itself or received with it; empty where it
    /// follows from its parent's.
    virtual Result<std::string> set_mountpoint(const std::string& dataset) const = 0;

    /// Takes `snapshot` ("pool/fs@name") with the user property `mark_property`=`mark`.
    virtual Result<void> snapshot(const std::string& snapshot, const std::string& mark_property,
                                  const std::string& mark) const = 0;
    /// Renames the snapshot `from`; both are written "pool/fs@name".
    virtual Result<void> rename_snapshot(const std::string& from, const std::string& to) const = 0;
    /// Destroys one snapshot; one that is gone already is no error.
    virtual Result<void> destroy_snapshot(const std::string& snapshot) const = 0;
    /// A hold with this tag that is there already is no error.
    virtual Result<void> hold(const std::string& tag, const std::string& snapshot) const = 0;
    /// A hold that is gone already is no error.
    virtual Result<void> release(const std::string& tag, const std::string& snapshot) const = 0;
    /// Makes `bookmark` ("pool/fs#name"); one that is there already is no error.
    virtual Result<void> bookmark(const std::string& snapshot,
                                  const std::string& bookmark) const = 0;

    /// Bytes that `zfs send` expects to send (it can be wrong either way); nothing where this ZFS
    /// cannot tell.
    virtual Result<std::optional<std::uint64_t>> estimate(const SendSpec& spec) const = 0;
    /// Whether this ZFS sends properties (-p) from a bookmark; `from` is one, "pool/fs#name".
    virtual Result<bool> sends_properties_from(const std::string& from) const = 0;
    /// Starts `zfs send`.
    virtual Result<std::unique_ptr<Sending>> send(const SendSpec& spec) const = 0;
    /// Starts `zfs send -t`, whose stream has no properties.
    virtual Result<std::unique_ptr<Sending>> send_from(const std::string& resume_token) const = 0;
    /// Starts `zfs receive -u`.
    virtual Result<std::unique_ptr<Receiving>> receive(const ReceiveSpec& spec) const = 0;
    /// What a `zfs receive -s` that failed has left for `dataset`: a resume token. Nothing where it
    /// has left nothing, or this ZFS knows no such thing.
    virtual Result<std::optional<std::string>> receive_token(const std::string& dataset) const = 0;
    /// Drops it (`zfs receive -A`): a dataset that the receive has made goes, any other stays at
    /// its newest snapshot. No error where there is nothing. locked while that receive is still
    /// running.
    virtual Result<void> abort_receive(const std::string& dataset) const = 0;
};

/// Whether `zfs receive -x PROPERTY` has no effect on a dataset that exists already, as it does
/// when a receive goes on: so it is with properties that are not inherited
/// (zfs_setup_cmdline_props() in OpenZFS's libzfs_sendrecv.c).
bool exclusion_is_forgotten(std::string_view property);

/// Refuses (usage) a name that ZFS would not take as pool/path, so that no option or shell word can
/// be made of it.
Result<void> check_dataset_name(std::string_view name);
/// The same for what follows '@'.
Result<void> check_snapshot_name(std::string_view name);

}  // namespace zg::zfs
