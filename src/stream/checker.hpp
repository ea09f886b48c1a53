// Verifies a ZFS send stream as it passes: structure, order of records, and every checksum.
//
// Format: dmu_replay_record_t and its users in OpenZFS (include/sys/zfs_ioctl.h,
// module/zfs/dmu_send.c, module/zfs/dmu_recv.c, lib/libzfs/libzfs_sendrecv.c,
// cmd/zstream/zstream_dump.c).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/checkpoint.hpp"
#include "stream/record.hpp"

namespace zg::stream {

/// Totals over all complete records so far.
struct Summary {
    std::uint64_t bytes = 0;    ///< of complete records
    std::uint64_t records = 0;  ///< complete ones
    std::array<std::uint64_t, record_type_count> count_by_type{};
    std::array<std::uint64_t, record_type_count> payload_bytes_by_type{};
    std::vector<Begin> begins;  ///< one for each BEGIN record, in order
    /// BEGIN records beyond the first 100,000, which `begins` does not hold
    std::uint64_t begins_left_out = 0;
    /// of the newest END record of a plain stream (not of the package around it)
    codec::Fletcher4 end_checksum;

    /// The first BEGIN that is not compound, whose guids identify the stream. Null before it was
    /// seen.
    [[nodiscard]] const Begin* first_stream() const;
    /// Whether a record was seen that changes a dataset: any but BEGIN, END, FREEOBJECTS, FREE and
    /// OBJECT_RANGE.
    [[nodiscard]] bool has_data() const;
};

/// Called with each record once it is complete and its own checksum, which covers all bytes before
/// it, is verified.
using RecordVisitor = std::function<void(const Record&)>;

/// Takes a stream in pieces of any size and fails at the first invalid record; the result does not
/// depend on the pieces. Keeps no payload: memory is constant except for `Summary::begins`. One
/// thread at a time. After an error, every further call returns the same error.
/// Detects any change of any bit within a stream. Cannot detect changes that no checksum covers: a
/// package in which a whole stream is missing, is duplicated, or has changed places with another.
class Checker {
  public:
    explicit Checker(RecordVisitor visitor = {});
    /// Resumes at `place`, as if it had been fed everything before it; `place` has a stream.
    explicit Checker(const Checkpoint& place, RecordVisitor visitor = {});
    ~Checker();
    Checker(Checker&&) noexcept;
    Checker& operator=(Checker&&) noexcept;

    /// Takes the next bytes. Errors are damage (garbled, bad checksum, bytes after the end) or
    /// unsupported (unknown feature or record type), with the record number, the byte offset, and
    /// what was expected.
    Result<void> feed(Bytes bytes);

    /// To be called at the end of the input: damage unless the stream is complete: at least one
    /// stream, each with its END record, and a package with its own END record.
    Result<void> finish();

    /// Whether the bytes so far are a complete stream, so that finish() would succeed and any
    /// further byte would be refused (or, in a package, begin the next stream).
    [[nodiscard]] bool complete() const;

    /// Bytes fed so far.
    [[nodiscard]] std::uint64_t position() const;
    /// Stream offset of the end of the last complete record. Every header before it is verified;
    /// the payload of that last record is covered by the checksum in the next record (in streams
    /// without per-record checksums: by the one in END).
    [[nodiscard]] std::uint64_t boundary() const;
    /// Whether that payload is verified: the next header has arrived, or the stream is complete.
    /// The same in streams without per-record checksums, although there nothing is verified before
    /// END.
    [[nodiscard]] bool boundary_is_proved() const;
    /// The fletcher4 of the stream's bytes from its BEGIN up to `boundary()`, as an END record
    /// there would hold it.
    [[nodiscard]] codec::Fletcher4 running_checksum() const;
    [[nodiscard]] const Summary& summary() const;
    /// The place after the last complete record; nothing unless it is in a stream whose records
    /// have checksums, and there was no other stream before it.
    [[nodiscard]] std::optional<Checkpoint> checkpoint() const;

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace zg::stream
