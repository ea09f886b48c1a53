// Copies or drops records and recomputes their checksums: for a stream that resumes at another
// place than it was made for.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/header.hpp"

namespace zg::stream {

/// Decides by a record's header, parsed and as bytes, whether the record is copied. May put()
/// records before it into the last argument.
using KeepRecord = std::function<bool(const Header&, Bytes, Buffer&)>;

/// Takes the records of one plain stream after its BEGIN. They must have been verified: it checks
/// nothing. One thread.
class Rewriter {
  public:
    /// `running`: the checksum of the stream written so far.
    Rewriter(std::endian order, bool raw, const codec::Fletcher4& running, KeepRecord keep)
        : order_(order), raw_(raw), running_(running), keep_(std::move(keep)) {}

    /// Takes the next bytes, in pieces of any size, and appends the result to `out`.
    Result<void> take(Bytes bytes, Buffer& out);
    /// Writes a record that was not in the stream; between two records only. `header` has
    /// record_header_size bytes.
    void put(Bytes header, Buffer& out);

  private:
    std::size_t take_header(Bytes bytes);
    Result<void> begin_record(Buffer& out);

    std::endian order_;
    bool raw_;
    codec::RunningFletcher4 running_;
    KeepRecord keep_;
    Buffer header_;
    std::uint64_t payload_left_ = 0;
    bool passes_ = false;
};

/// The END record of zeros that closes a package.
Buffer closing_end(std::endian order);

}  // namespace zg::stream
