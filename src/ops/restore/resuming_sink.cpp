#include "ops/restore/resuming_sink.hpp"

#include <algorithm>

namespace zg::ops {

ResumingSink::ResumingSink(Sink& out, const Buffer& opening, const ReceivePoint& point)
    : out_(out),
      stream_(opening, point.at),
      opening_size_(opening.size()),
      position_(point.position()) {
    if (point.fetch.place) stream_.skip_to(point.fetch.place->object_range);
}

Result<void> ResumingSink::write(Bytes bytes) {
    changed_.clear();
    if (!begun_) ZG_CHECK(fits(stream_.begin(changed_)));
    begun_ = true;
    // The stream knows the opening already.
    const auto skip = static_cast<std::size_t>(std::min<std::uint64_t>(
        opening_size_ - std::min<std::uint64_t>(opening_size_, position_), bytes.size()));
    position_ += bytes.size();
    ZG_CHECK(fits(stream_.feed(bytes.subspan(skip), changed_)));
    return pass();
}

Result<void> ResumingSink::finish() {
    changed_.clear();
    ZG_CHECK(fits(stream_.finish(changed_)));
    return pass();
}

Result<void> ResumingSink::pass() {
    return changed_.empty() ? Result<void>{} : out_.write(changed_);
}

Result<void> ResumingSink::fits(Result<void> done) {
    misfit_ = misfit_ || !done;
    return done;
}

}  // namespace zg::ops
