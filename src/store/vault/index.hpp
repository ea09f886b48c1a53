// What this machine knows of a vault's content. A vault tells what is in it only by an inventory
// that is up to a day old and takes hours to get; so what was written and removed from here is
// noted here, and an inventory adds what others wrote and what is not known yet.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace zg::store {

/// A segment or a small object.
struct VaultObject {
    std::string name;
    /// ids: of a segment one, and that of its mark where it was adopted; of a small object one for
    /// each piece
    std::vector<std::string> archives{};
    std::uint64_t size = 0;
    codec::Sha256Digest tree_hash{};  ///< of a segment
    TimePoint modified{};
    std::string upload_id{};          ///< that it was made by; empty where an inventory told of it
    std::optional<Buffer> content{};  ///< of a small object
    bool operator==(const VaultObject&) const = default;
    /// Another program wrote the archive.
    [[nodiscard]] bool adopted() const { return !content && archives.size() > 1; }
};

/// A retrieval that was asked for from here.
struct JobNote {
    std::string job_id;
    TimePoint asked{};
};

/// What the index's knowledge of others' archives rests on.
struct VaultKnowledge {
    /// when the newest inventory was made that the index has taken in; or the vault itself, where
    /// it was made from here
    TimePoint inventory{};
    TimePoint taken{};  ///< when that was taken in
};

/// A completion that was begun and whose end is not known yet.
struct Completion {
    std::string upload_id;
    std::string name;
    std::uint64_t size = 0;
    codec::Sha256Digest tree_hash{};
};

/// A SQLite database, one for each vault. Any number of threads and processes.
class VaultIndex {
  public:
    /// Opens the index `file`; makes it, and its folder, where it is missing. One that is broken is
    /// moved aside (to "….broken"): an inventory tells it all again.
    static Result<std::unique_ptr<VaultIndex>> open(const std::string& file);
    ~VaultIndex();
    VaultIndex(const VaultIndex&) = delete;
    VaultIndex& operator=(const VaultIndex&) = delete;

    /// Holds off everyone else who changes the index, in this process and others, while it lives.
    class Hold {
      public:
        Hold(Hold&&) = default;
        Hold& operator=(Hold&&) = default;

      private:
        friend class VaultIndex;
        Hold(std::unique_lock<std::mutex> threads, Fd processes)
            : threads_(std::move(threads)), processes_(std::move(processes)) {}
        std::unique_lock<std::mutex> threads_;
        Fd processes_;
    };
    Result<Hold> hold();
    /// The same for everyone who requests jobs; such a request can take long.
    Result<Hold> hold_jobs();

    /// Nothing: what is in the vault is not known.
    Result<std::optional<VaultKnowledge>> known();
    Result<void> set_known(const VaultKnowledge& knowledge);

    Result<std::optional<VaultObject>> find(const std::string& name);
    /// All whose name begins with `prefix`, sorted by name, without their content.
    Result<std::vector<VaultObject>> list(std::string_view prefix);
    /// Adds an object, or replaces the one of its name, and forgets the completion of its upload.
    Result<void> put(const VaultObject& object);
    /// Forgets an object and notes that its archives are removed, so that no older inventory brings
    /// them back.
    Result<void> remove(const std::string& name, TimePoint now);
    /// Archives that belong to no object any more.
    Result<void> note_removed(const std::vector<std::string>& archives, TimePoint now);
    Result<std::set<std::string>> removed();
    /// Forgets removals before `time`, that every inventory to come knows.
    Result<void> forget_removed(TimePoint time);

    Result<void> note_job(const std::string& archive, const JobNote& note);
    Result<std::optional<JobNote>> job_of(const std::string& archive);

    Result<void> begin_completion(const Completion& completion);
    Result<void> end_completion(const std::string& upload_id);
    Result<std::vector<Completion>> completions();

    [[nodiscard]] const std::string& path() const;

  private:
    struct State;
    explicit VaultIndex(std::unique_ptr<State> state);
    static Result<Hold> hold_file(std::mutex& mutex, const std::string& lock_file);

    std::unique_ptr<State> state_;
};

}  // namespace zg::store
