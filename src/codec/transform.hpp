// What changes bytes on their way: an encoder or a decoder of one form, and a chain of them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/io.hpp"

namespace zg::codec {

/// Encodes or decodes a file that is fed in pieces of any size. An encoder takes one file after
/// another: each ends with finish(), and one that was never fed is an empty file. A decoder takes
/// one file. After an error nothing else may be called. One thread at a time.
class Transform {
  public:
    virtual ~Transform() = default;
    /// Writes to `out` what `bytes` have become so far; some of it may wait for what follows. An
    /// error of `out` is returned as it is.
    virtual Result<void> feed(Bytes bytes, Sink& out) = 0;
    /// Writes the rest of the file to `out`. A decoder gives damage unless the file was whole.
    virtual Result<void> finish(Sink& out) = 0;
    /// Bytes that the open file is certain to become beside those written so far. It makes sizes
    /// known, and the same, however many threads an encoder has.
    [[nodiscard]] virtual std::uint64_t pending() const { return 0; }
};

/// Several transforms as one: what the first gives is fed to the next. Without any, bytes pass as
/// they are.
class Chain final : public Transform {
  public:
    void add(std::unique_ptr<Transform> last) { links_.push_back(std::move(last)); }

    Result<void> feed(Bytes bytes, Sink& out) override { return feed_from(0, bytes, out); }
    Result<void> finish(Sink& out) override;
    /// Of the last one: what an earlier one holds back is not known in its final form.
    [[nodiscard]] std::uint64_t pending() const override {
        return links_.empty() ? 0 : links_.back()->pending();
    }

  private:
    class Rest;
    Result<void> feed_from(std::size_t link, Bytes bytes, Sink& out);
    std::vector<std::unique_ptr<Transform>> links_;
};

}  // namespace zg::codec
