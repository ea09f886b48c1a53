// Streams that go on in the middle of another, made of that other, for tests.
#pragma once

#include <gtest/gtest.h>

#include "stream/checker.hpp"
#include "stream/nvlist.hpp"
#include "stream/testing/builder.hpp"

namespace zg::stream::testing {

inline std::vector<Record> records_of(Bytes stream) {
    std::vector<Record> records;
    Checker checker([&](const Record& record) { records.push_back(record); });
    EXPECT_TRUE(checker.feed(stream));
    EXPECT_TRUE(checker.finish());
    return records;
}

/// The same stream as the only one of a package.
inline Buffer packed_up(Bytes stream) {
    Buffer all = Builder().package().end().bytes();
    all.insert(all.end(), stream.begin(), stream.end());
    all.resize(all.size() + header_size);
    store_int(MutableBytes(all).last(header_size), 0, std::uint32_t{end_type});
    return all;
}

/// BEGIN of the plain stream `begin` begins with, as of a stream that goes on at `at`. `list`: what
/// its payload has beside.
inline Buffer resuming_begin(Bytes begin, const ResumePoint& at, Bytes list = {}) {
    const Buffer payload =
        prepend_to_nvlist({{"resume_object", at.object}, {"resume_offset", at.offset}}, list)
            .value();
    Buffer changed(begin.begin(), begin.begin() + header_size);
    store_int(MutableBytes(changed), 4, static_cast<std::uint32_t>(payload.size()));
    store_int(MutableBytes(changed), 16,
              load_int<std::uint64_t>(changed, 16) | feature_bit(Feature::resuming) << 2U);
    changed.insert(changed.end(), payload.begin(), payload.end());
    return changed;
}

/// What `zfs send -t` would give for `place`: the records behind it, with a BEGIN and checksums of
/// their own. `again`: a record that it repeats, such as the OBJECT.
inline Buffer rest_behind(Bytes stream, const Checkpoint& place, const ResumePoint& told,
                          Bytes again = {}) {
    Buffer tail = resuming_begin(stream.subspan(place.begins.back().position), told);
    // zfs send tells the range of the objects again.
    tail.insert(tail.end(), place.object_range.begin(), place.object_range.end());
    tail.insert(tail.end(), again.begin(), again.end());
    const Bytes behind = stream.subspan(place.position);
    tail.insert(tail.end(), behind.begin(),
                place.in_package ? behind.end() - header_size : behind.end());
    write_checksums(tail, true);
    return tail;
}

}  // namespace zg::stream::testing
