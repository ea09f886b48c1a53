#include "base/io.hpp"

#include <algorithm>
#include <cstddef>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg {

Result<std::size_t> read_full(Source& source, MutableBytes into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        ZG_TRY(const std::size_t got, source.read(into.subspan(filled)));
        if (got == 0) break;
        filled += got;
    }
    return filled;
}

Result<Buffer> read_all(Source& source, std::size_t limit) {
    Buffer all;
    Buffer block(std::size_t{64} * 1024);
    for (;;) {
        ZG_TRY(const std::size_t got, source.read(block));
        if (got == 0) return all;
        if (all.size() + got > limit)
            return fail({.kind = ErrorKind::damage, .what = "more bytes than allowed"});
        all.insert(all.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
    }
}

Result<std::size_t> BytesSource::read(MutableBytes into) {
    const std::size_t count = std::min(into.size(), rest_.size());
    std::copy_n(rest_.begin(), count, into.begin());
    rest_ = rest_.subspan(count);
    return count;
}

Result<void> BufferSink::write(Bytes bytes) {
    buffer.insert(buffer.end(), bytes.begin(), bytes.end());
    return {};
}

}  // namespace zg
