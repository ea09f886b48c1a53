// Transforms of byte streams: encoders and decoders, and chains of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"

namespace zg::codec {

/// Encodes or decodes a file given in pieces of any size. An encoder takes one file after another:
/// each ends with finish(), and without feed() it is an empty file. A decoder takes one file. After
/// an error, no calls may follow. One thread at a time.
class Transform {
  public:
    virtual ~Transform() = default;
    /// Transforms `bytes` and writes the result to `out`; some of it may be held back until more
    /// follows. An error of `out` is returned unchanged.
    virtual Result<void> feed(Bytes bytes, Sink& out) = 0;
    /// Writes the rest of the file to `out`. A decoder fails with damage unless the file was
    /// complete.
    virtual Result<void> finish(Sink& out) = 0;
    /// Bytes that will certainly be written for the open file in addition to those written so far.
    /// With it, sizes are known and do not depend on the number of an encoder's threads.
    [[nodiscard]] virtual std::uint64_t pending() const { return 0; }
};

/// Several transforms as one: the output of each is fed to the next. Without any, bytes pass
/// unchanged.
class Chain final : public Transform {
  public:
    void add(std::unique_ptr<Transform> last) { links_.push_back(std::move(last)); }

    Result<void> feed(Bytes bytes, Sink& out) override { return feed_from(0, bytes, out); }
    Result<void> finish(Sink& out) override;
    /// That of the last one: the final size of data held back by earlier ones is not known.
    [[nodiscard]] std::uint64_t pending() const override {
        return links_.empty() ? 0 : links_.back()->pending();
    }

  private:
    class Rest;
    Result<void> feed_from(std::size_t link, Bytes bytes, Sink& out);
    std::vector<std::unique_ptr<Transform>> links_;
};

}  // namespace zg::codec
