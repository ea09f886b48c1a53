// The `zfs` command: datasets, snapshots, bookmarks, holds, send and receive.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/subprocess.hpp"
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

/// Runs the command. Every changing call is announced to Steps. Any number of threads.
/// Errors: not_found (no such dataset or snapshot, or no zfs command), refused (no permission),
/// conflict, zfs (all else; `cause` is what zfs said).
class Zfs {
  public:
    /// Looks at what `program` can do. `steps` outlives the object.
    static Result<Zfs> open(std::string program, Steps& steps);

    [[nodiscard]] const Capabilities& capabilities() const { return capabilities_; }

    /// The dataset with its snapshots and bookmarks. `mark_property`: a user property to be read
    /// for each snapshot.
    Result<Dataset> inspect(const std::string& dataset, const std::string& mark_property) const;
    /// As inspect(), but nothing where there is no such dataset.
    Result<std::optional<Dataset>> find(const std::string& dataset,
                                        const std::string& mark_property) const;

    /// When `snapshot` ("pool/fs@name") was taken; nothing where there is none.
    Result<std::optional<TimePoint>> creation(const std::string& snapshot) const;

    /// Bytes written to `dataset` since `from` ("@name" or "#name"); nothing where this ZFS cannot
    /// tell. Waits until all that was written so far is on the disk.
    Result<std::optional<std::uint64_t>> written_since(const std::string& dataset,
                                                       const std::string& from) const;

    /// The mountpoint that was set on the dataset itself or received with it; empty where it
    /// follows from its parent's.
    Result<std::string> set_mountpoint(const std::string& dataset) const;

    /// Takes `snapshot` ("pool/fs@name") with the user property `mark_property`=`mark`.
    Result<void> snapshot(const std::string& snapshot, const std::string& mark_property,
                          const std::string& mark) const;
    /// Renames the snapshot `from`; both are written "pool/fs@name".
    Result<void> rename_snapshot(const std::string& from, const std::string& to) const;
    /// Destroys one snapshot; one that is gone already is no error.
    Result<void> destroy_snapshot(const std::string& snapshot) const;
    /// A hold with this tag that is there already is no error.
    Result<void> hold(const std::string& tag, const std::string& snapshot) const;
    /// A hold that is gone already is no error.
    Result<void> release(const std::string& tag, const std::string& snapshot) const;
    /// Makes `bookmark` ("pool/fs#name"); one that is there already is no error.
    Result<void> bookmark(const std::string& snapshot, const std::string& bookmark) const;

    /// Bytes that `zfs send` expects to send (it can be wrong either way); nothing where this ZFS
    /// cannot tell.
    Result<std::optional<std::uint64_t>> estimate(const SendSpec& spec) const;
    /// Starts `zfs send`; its stream is the process's out().
    Result<Process> send(const SendSpec& spec) const;
    /// Starts `zfs send -t`; its stream, without properties, is the process's out().
    Result<Process> send_from(const std::string& resume_token) const;
    /// Starts `zfs receive -u`; it reads the stream from the process's in().
    Result<Process> receive(const ReceiveSpec& spec) const;
    /// What a `zfs receive -s` that failed has left for `dataset`: a resume token. Nothing where it
    /// has left nothing, or this ZFS knows no such thing.
    Result<std::optional<std::string>> receive_token(const std::string& dataset) const;
    /// Drops it (`zfs receive -A`): a dataset that the receive has made goes, any other stays at
    /// its newest snapshot. No error where there is nothing. locked while that receive is still
    /// running.
    Result<void> abort_receive(const std::string& dataset) const;

    /// The error for a zfs command that ended with `exit`.
    static Error exit_error(const Exit& exit, std::string what, std::string where);

  private:
    Zfs(std::string program, Steps& steps, Capabilities capabilities)
        : program_(std::move(program)), steps_(&steps), capabilities_(capabilities) {}
    using Rows = std::map<std::string, std::map<std::string, std::string>>;
    Result<Rows> properties(const std::string& dataset, const std::string& wanted) const;
    [[nodiscard]] std::string zpool_program() const;
    Result<bool> bookmarks_enabled(const std::string& dataset) const;
    Result<void> change(const std::vector<std::string>& arguments, std::string what,
                        const std::string& where, std::string_view harmless) const;
    [[nodiscard]] std::vector<std::string> send_arguments(const SendSpec& spec) const;

    std::string program_;
    Steps* steps_;
    Capabilities capabilities_;
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
