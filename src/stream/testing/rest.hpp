// Makes streams that resume in the middle of a given one, for tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "stream/checker.hpp"
#include "stream/checkpoint.hpp"
#include "stream/features.hpp"
#include "stream/nvlist.hpp"
#include "stream/record.hpp"
#include "stream/testing/builder.hpp"
#include "stream/testing/layout.hpp"

namespace zg::stream::testing {

inline std::vector<Record> records_of(Bytes stream) {
    std::vector<Record> records;
    Checker checker([&](const Record& record) { records.push_back(record); });
    EXPECT_TRUE(checker.feed(stream));
    EXPECT_TRUE(checker.finish());
    return records;
}

/// The same stream as the only one of a package.
inline Buffer packaged(Bytes stream) {
    Buffer all = Builder().package().end().bytes();
    all.insert(all.end(), stream.begin(), stream.end());
    all.resize(all.size() + header_size);
    store_int(MutableBytes(all).last(header_size), 0, std::uint32_t{end_type});
    return all;
}

/// The BEGIN at the start of `begin`, changed to that of a stream that resumes at `at`. `list`:
/// further payload.
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

/// The output of `zfs send -t` for `place`: the records after it, with a new BEGIN and new
/// checksums. `again`: a record that it repeats, such as the OBJECT.
inline Buffer rest_after(Bytes stream, const Checkpoint& place, const ResumePoint& at,
                         Bytes again = {}) {
    Buffer tail = resuming_begin(stream.subspan(place.begins.back().position), at);
    // zfs send repeats the range of the objects.
    tail.insert(tail.end(), place.object_range.begin(), place.object_range.end());
    tail.insert(tail.end(), again.begin(), again.end());
    const Bytes rest = stream.subspan(place.position);
    tail.insert(tail.end(), rest.begin(), place.in_package ? rest.end() - header_size : rest.end());
    write_checksums(tail, true);
    return tail;
}

}  // namespace zg::stream::testing
