// One archive in the store, from its first segment to its manifest.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "archive/engine.hpp"
#include "archive/write/checked_input.hpp"
#include "archive/write/put_stream.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"

namespace zg::archive {

/// A transaction: before commit() the archive does not exist for anybody. One thread. `engine`
/// outlives it. Errors: those of the store.
class ArchiveWriter {
  public:
    ArchiveWriter(const Engine& engine, std::string archive_id)
        : engine_(engine), archive_id_(std::move(archive_id)) {}

    [[nodiscard]] const std::string& archive_id() const { return archive_id_; }

    /// Stores what `input` gives as segments: put_stream().
    Result<std::vector<catalog::Segment>> add_segments(CheckedInput& input,
                                                       const PutOptions& options);
    /// Writes the manifest, which must be of this archive. conflict if there is one.
    Result<void> commit(const catalog::Manifest& manifest);

    /// Aborts uploads that were begun; complete segments stay.
    Result<void> stop();
    /// Removes all there is of the archive, unless a manifest shows that it was committed: then it
    /// returns false.
    Result<bool> abandon();

  private:
    const Engine& engine_;
    std::string archive_id_;
};

}  // namespace zg::archive
