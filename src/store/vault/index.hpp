// This machine's index of a vault's content. The content of a vault is known only from an inventory
// that is up to a day old and takes hours to get. So everything written and removed from this
// machine is noted here, and inventories add the rest.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace zg::store {

/// A segment or a small object.
struct VaultObject {
    std::string name;
    /// ids: of a segment one, and that of its mark if it was adopted; of a small object one for
    /// each piece
    std::vector<std::string> archives{};
    std::uint64_t size = 0;
    codec::Sha256Digest tree_hash{};  ///< of a segment
    TimePoint modified{};
    std::string upload_id{};          ///< of its upload; empty if it is known from an inventory
    std::optional<Buffer> content{};  ///< of a small object
    bool operator==(const VaultObject&) const = default;
    /// Whether another program wrote the archive.
    [[nodiscard]] bool adopted() const { return !content && archives.size() > 1; }
};

/// A retrieval that was requested from here.
struct JobNote {
    std::string job_id;
    TimePoint asked{};
};

/// The inventory that the index's knowledge of others' archives comes from.
struct VaultKnowledge {
    /// date of the newest inventory that was merged; or when the vault was created, if it was
    /// created from here
    TimePoint inventory{};
    TimePoint taken{};  ///< when it was merged
};

/// A completion whose result is not known yet.
struct Completion {
    std::string upload_id;
    std::string name;
    std::uint64_t size = 0;
    codec::Sha256Digest tree_hash{};
};

/// A SQLite database, one for each vault. Any number of threads and processes.
class VaultIndex {
  public:
    /// Opens the index `file`; creates it, and its folder, if it is missing. A broken one is moved
    /// aside (to "….broken"); an inventory fills the new one.
    static Result<std::unique_ptr<VaultIndex>> open(const std::string& file);
    ~VaultIndex();
    VaultIndex(const VaultIndex&) = delete;
    VaultIndex& operator=(const VaultIndex&) = delete;

    /// While it exists, prevents all others from changing the index, in this process and others.
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
    /// The same for requests of jobs, which can take long.
    Result<Hold> hold_jobs();

    /// Nothing if the content of the vault is not known.
    Result<std::optional<VaultKnowledge>> known();
    Result<void> set_known(const VaultKnowledge& knowledge);

    Result<std::optional<VaultObject>> find(const std::string& name);
    /// All whose name begins with `prefix`, sorted by name, without their content.
    Result<std::vector<VaultObject>> list(std::string_view prefix);
    /// Adds an object, or replaces the one of its name, and forgets the completion of its upload.
    Result<void> put(const VaultObject& object);
    /// Removes an object and notes that its archives are removed, so that no older inventory brings
    /// them back.
    Result<void> remove(const std::string& name, TimePoint now);
    /// Notes the removal of archives that no longer belong to an object.
    Result<void> note_removed(const std::vector<std::string>& archives, TimePoint now);
    Result<std::set<std::string>> removed();
    /// Forgets removals before `time`, which all future inventories reflect.
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
