// Every sentence of store.hpp, for every backend: the life of segments. Thaws are in
// contract_thaw_test.cpp, the rest in contract_objects_test.cpp.
#include "store/testing/contract.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/store.hpp"
#include "store/testing/helpers.hpp"

namespace zg::store {
namespace {

const std::string segment = "archives/20261123T020000Z-7f3a9c21/000001.zfs.zst";

// --- names

TEST_P(StoreContract, RefusesInvalidNamesInEveryCall) {
    const std::vector<std::string> wrong{"",        "/a",     "a/",
                                         "a//b",    ".",      "..",
                                         "../a",    "a/../b", "a/..",
                                         ".hidden", "a/.b",   ".tmp/x",
                                         "a b",     "a\nb",   std::string("a\0b", 3),
                                         "ä",       "a~b",    "a\\b",
                                         "a:b",     "a+b",    std::string(201, 'a')};
    Buffer into(1);
    for (const std::string& name : wrong) {
        SCOPED_TRACE(name);
        EXPECT_EQ(kind_of(store_->begin(name, part_size_, "")), ErrorKind::usage);
        EXPECT_EQ(kind_of(store_->put(name, as_bytes("x"))), ErrorKind::usage);
        EXPECT_EQ(kind_of(store_->put_new(name, as_bytes("x"))), ErrorKind::usage);
        EXPECT_EQ(kind_of(store_->get(name)), ErrorKind::usage);
        EXPECT_EQ(kind_of(store_->read(name, 0, into)), ErrorKind::usage);
        EXPECT_EQ(kind_of(store_->stat(name)), ErrorKind::usage);
        EXPECT_EQ(kind_of(store_->remove(name)), ErrorKind::usage);
        EXPECT_EQ(kind_of(store_->thaw(name, {})), ErrorKind::usage);
        EXPECT_EQ(kind_of(store_->thaw_state(name)), ErrorKind::usage);
    }
    EXPECT_TRUE(store_->list("").value().empty());
}

TEST_P(StoreContract, AcceptsEveryNameTheContractAllows) {
    std::vector<std::string> names{
        "a", "a.", "a..b", "-", "_", "Z9/x-y_z.1", "tmp/a", "thaw/a", std::string(200, 'n')};
    names.push_back("archives/" + std::string(191, 's'));
    for (const std::string& name : names) {
        SCOPED_TRACE(name);
        EXPECT_EQ(problem_of(store_->put(name, as_bytes("x"))), "");
        EXPECT_EQ(problem_of(upload_segment(*store_, name, part_size_, Buffer{})), "conflict");
        ASSERT_EQ(problem_of(store_->remove(name)), "");
        EXPECT_EQ(problem_of(upload_segment(*store_, name, part_size_, test_bytes(10))), "");
    }
    std::ranges::sort(names);
    EXPECT_EQ(listed(*store_, ""), names);
}

// --- the life of a segment

TEST_P(StoreContract, ASegmentExistsOnlyOnceItIsComplete) {
    const Buffer content = test_bytes(part_size_ * 2 + part_size_ / 2);
    const auto upload = store_->begin(segment, part_size_, "a description");
    ASSERT_EQ(problem_of(upload), "");
    EXPECT_EQ(upload->name, segment);
    EXPECT_EQ(upload->part_size, part_size_);
    const auto nothing_there = [&] {
        Buffer into(1);
        return kind_of(store_->stat(segment)) == ErrorKind::not_found &&
               kind_of(store_->read(segment, 0, into)) == ErrorKind::not_found &&
               kind_of(store_->thaw(segment, {})) == ErrorKind::not_found &&
               store_->list("").value().empty();
    };
    EXPECT_TRUE(nothing_there());
    std::vector<Part> parts;
    for (const Bytes piece : pieces(content, part_size_)) {
        parts.push_back(
            put_piece(*store_, *upload, static_cast<std::uint32_t>(parts.size() + 1), piece));
        EXPECT_TRUE(nothing_there());
    }
    EXPECT_EQ(store_->uploads("").value().size(), 1U);

    const auto stat = store_->complete(*upload, parts);
    ASSERT_EQ(problem_of(stat), "");
    EXPECT_EQ(stat->size, content.size());
    EXPECT_EQ(store_->stat(segment).value().size, content.size());
    EXPECT_NE(store_->stat(segment).value().modified, TimePoint{});
    EXPECT_EQ(listed(*store_, ""), std::vector{segment});
    EXPECT_TRUE(store_->uploads("").value().empty());
    EXPECT_EQ(read_segment(*backend_, *store_, segment, GetParam().thaw_delay), content);
    EXPECT_EQ(read_segment(*backend_, *backend_->open(), segment, GetParam().thaw_delay), content);
}

TEST_P(StoreContract, PartsArriveInAnyOrderFromSeveralThreads) {
    constexpr std::uint32_t count = 16;
    const Buffer content = test_bytes(part_size_ * (count - 1) + 1);
    const std::vector<Bytes> all = pieces(content, part_size_);
    ASSERT_EQ(all.size(), count);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    std::vector<Part> parts(count);
    std::atomic<std::uint32_t> next{count};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (std::uint32_t number = next.fetch_sub(1); number >= 1 && number <= count;
                     number = next.fetch_sub(1))
                    parts[number - 1] = put_piece(*store_, upload, number, all[number - 1]);
            });
        }
    }
    ASSERT_EQ(problem_of(store_->complete(upload, parts)), "");
    EXPECT_EQ(read_segment(*backend_, *store_, segment, GetParam().thaw_delay), content);
}

TEST_P(StoreContract, SeveralUploadsRunAtOnce) {
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] {
                const std::string name = "archives/x/00000" + std::to_string(i) + ".zfs";
                EXPECT_EQ(problem_of(upload_segment(*store_, name, part_size_,
                                                    test_bytes(part_size_ * 3 + 7, i))),
                          "");
            });
        }
    }
    EXPECT_EQ(listed(*store_, "archives/x/").size(), 4U);
    for (int i = 0; i < 4; ++i) {
        const std::string name = "archives/x/00000" + std::to_string(i) + ".zfs";
        EXPECT_EQ(read_segment(*backend_, *store_, name, GetParam().thaw_delay),
                  test_bytes(part_size_ * 3 + 7, i));
    }
}

TEST_P(StoreContract, TheSamePartAgainReplacesIt) {
    const Buffer content = test_bytes(part_size_ + 5);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    put_piece(*store_, upload, 1, test_bytes(part_size_, 1));
    put_piece(*store_, upload, 2, test_bytes(part_size_, 2));  // replaced by a shorter one
    const Part first = put_piece(*store_, upload, 1, Bytes(content).first(part_size_));
    const Part second = put_piece(*store_, upload, 2, Bytes(content).subspan(part_size_));
    ASSERT_EQ(problem_of(store_->complete(upload, {first, second})), "");
    EXPECT_EQ(read_segment(*backend_, *store_, segment, GetParam().thaw_delay), content);
}

TEST_P(StoreContract, PartsThatAreNotListedAreLeftOut) {
    const Buffer content = test_bytes(part_size_);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    const Part first = put_piece(*store_, upload, 1, content);
    put_piece(*store_, upload, 2, test_bytes(part_size_, 2));
    ASSERT_EQ(problem_of(store_->complete(upload, {first})), "");
    EXPECT_EQ(read_segment(*backend_, *store_, segment, GetParam().thaw_delay), content);
}

TEST_P(StoreContract, ASegmentCanBeEmptyOrOneByte) {
    for (const std::size_t size : {0U, 1U}) {
        const std::string name = segment + std::to_string(size);
        const Upload upload = store_->begin(name, part_size_, "").value();
        const Buffer content = test_bytes(size);
        const Part part = put_piece(*store_, upload, 1, content);
        ASSERT_EQ(problem_of(store_->complete(upload, {part})), "");
        EXPECT_EQ(store_->stat(name).value().size, size);
        EXPECT_EQ(read_segment(*backend_, *store_, name, GetParam().thaw_delay), content);
    }
}

// --- what complete() refuses

TEST_P(StoreContract, RefusesAnInvalidListOfParts) {
    const Buffer content = test_bytes(part_size_ * 2 + 1);
    const std::vector<Bytes> all = pieces(content, part_size_);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    const Part one = put_piece(*store_, upload, 1, all[0]);
    const Part two = put_piece(*store_, upload, 2, all[1]);
    const Part three = put_piece(*store_, upload, 3, all[2]);
    Part short_two = two;
    short_two.size -= 1;
    Part long_three = three;
    long_three.size = part_size_ + 1;
    const std::vector<std::vector<Part>> wrong{{},
                                               {two, three},
                                               {one, three},
                                               {two, one, three},
                                               {one, one, two},
                                               {one, short_two, three},
                                               {one, two, long_three}};
    for (const std::vector<Part>& parts : wrong)
        EXPECT_EQ(kind_of(store_->complete(upload, parts)), ErrorKind::usage);
    EXPECT_EQ(store_->uploads("").value().size(), 1U);
    EXPECT_EQ(problem_of(store_->complete(upload, {one, two, three})), "");
}

TEST_P(StoreContract, APartThatWasNeverPutIsDamage) {
    const Buffer content = test_bytes(part_size_ * 2);
    const std::vector<Bytes> all = pieces(content, part_size_);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    const Part two = put_piece(*store_, upload, 2, all[1]);
    Part one = two;
    one.number = 1;
    one.sha256 = codec::sha256(all[0]);
    EXPECT_EQ(kind_of(store_->complete(upload, {one, two})), ErrorKind::damage);
    EXPECT_TRUE(store_->uploads("").value().empty());
    EXPECT_TRUE(store_->list("").value().empty());
}

TEST_P(StoreContract, AnotherDigestIsDamageAndTheUploadIsGone) {
    const Buffer content = test_bytes(part_size_ + 1);
    for (const bool first_is_wrong : {true, false}) {
        const Upload upload = store_->begin(segment, part_size_, "").value();
        Part one = put_piece(*store_, upload, 1, Bytes(content).first(part_size_));
        Part two = put_piece(*store_, upload, 2, Bytes(content).subspan(part_size_));
        (first_is_wrong ? one : two).sha256 = codec::sha256(as_bytes("other"));
        EXPECT_EQ(kind_of(store_->complete(upload, {one, two})), ErrorKind::damage);
        EXPECT_EQ(kind_of(store_->stat(segment)), ErrorKind::not_found);
        EXPECT_TRUE(store_->uploads("").value().empty());
        EXPECT_EQ(problem_of(store_->abort(upload)), "");
    }
    EXPECT_EQ(problem_of(upload_segment(*store_, segment, part_size_, content)), "");
}

TEST_P(StoreContract, ReturnsThePartsOfASegmentIfItKeepsThem) {
    const Buffer content = test_bytes(2 * part_size_ + 1);
    ASSERT_EQ(problem_of(upload_segment(*store_, segment, part_size_, content)), "");
    EXPECT_EQ(kind_of(store_->parts("archives/none")), ErrorKind::not_found);
    const auto parts = store_->parts(segment);
    ASSERT_EQ(problem_of(parts), "");
    const auto stat = store_->stat(segment);
    ASSERT_EQ(problem_of(stat), "");
    std::vector<codec::Sha256Digest> digests;
    for (const Bytes piece : pieces(content, part_size_)) digests.push_back(codec::sha256(piece));
    if (stat->composite_sha256) {
        EXPECT_EQ(*stat->composite_sha256, codec::composite_sha256(digests));
    }
    if (parts->empty()) return;
    ASSERT_EQ(parts->size(), digests.size());
    for (std::size_t i = 0; i < digests.size(); ++i) {
        EXPECT_EQ((*parts)[i].sha256, digests[i]);
        EXPECT_EQ((*parts)[i].size, i < 2 ? part_size_ : 1);
    }
}

TEST_P(StoreContract, APartWithAnotherDigestIsDamageAndTheUploadContinues) {
    const Buffer content = test_bytes(part_size_);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    const auto wrong = store_->put_part(upload, 1, content, codec::sha256(as_bytes("other")));
    EXPECT_EQ(kind_of(wrong), ErrorKind::damage);
    const Part good = put_piece(*store_, upload, 1, content);
    EXPECT_EQ(problem_of(store_->complete(upload, {good})), "");
}

TEST_P(StoreContract, RefusesPartsBeyondTheLimits) {
    const Limits limits = store_->limits();
    EXPECT_GE(limits.max_part_size, part_size_);
    EXPECT_GE(limits.max_object_size, limits.max_part_size);
    EXPECT_EQ(kind_of(store_->begin(segment, 0, "")), ErrorKind::usage);
    EXPECT_EQ(kind_of(store_->begin(segment, limits.max_part_size + 1, "")), ErrorKind::usage);
    if (limits.min_part_size > 1) {
        EXPECT_EQ(kind_of(store_->begin(segment, limits.min_part_size - 1, "")), ErrorKind::usage);
    }
    if (limits.part_size_power_of_two) {
        EXPECT_EQ(kind_of(store_->begin(segment, part_size_ + 1, "")), ErrorKind::usage);
    }
    const Upload upload = store_->begin(segment, part_size_, "").value();
    const Buffer part = test_bytes(10);
    EXPECT_EQ(kind_of(store_->put_part(upload, 0, part, codec::sha256(part))), ErrorKind::usage);
    EXPECT_EQ(kind_of(store_->put_part(upload, limits.max_parts + 1, part, codec::sha256(part))),
              ErrorKind::usage);
    const Buffer large = test_bytes(part_size_ + 1);
    EXPECT_EQ(kind_of(store_->put_part(upload, 1, large, codec::sha256(large))), ErrorKind::usage);
}

TEST_P(StoreContract, ADescriptionIsAtMost1024PrintableAsciiCharacters) {
    EXPECT_EQ(kind_of(store_->begin(segment, part_size_, std::string(1025, 'd'))),
              ErrorKind::usage);
    EXPECT_EQ(kind_of(store_->begin(segment, part_size_, "line\nline")), ErrorKind::usage);
    EXPECT_EQ(kind_of(store_->begin(segment, part_size_, "\xc3\xa4")), ErrorKind::usage);
    EXPECT_EQ(problem_of(store_->begin(segment, part_size_, std::string(1024, '~'))), "");
}

// --- again and too late

TEST_P(StoreContract, CompletingAgainSucceeds) {
    const Buffer content = test_bytes(part_size_ + 1);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    std::vector<Part> parts{put_piece(*store_, upload, 1, Bytes(content).first(part_size_)),
                            put_piece(*store_, upload, 2, Bytes(content).subspan(part_size_))};
    ASSERT_EQ(problem_of(store_->complete(upload, parts)), "");
    for (Store* store : {store_.get(), backend_->open().release()}) {
        const std::unique_ptr<Store> owned(store == store_.get() ? nullptr : store);
        const auto again = store->complete(upload, parts);
        ASSERT_EQ(problem_of(again), "");
        EXPECT_EQ(again->size, content.size());
    }
}

TEST_P(StoreContract, CompletingAgainWithOtherPartsFails) {
    const Buffer content = test_bytes(part_size_ + 1);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    std::vector<Part> parts{put_piece(*store_, upload, 1, Bytes(content).first(part_size_)),
                            put_piece(*store_, upload, 2, Bytes(content).subspan(part_size_))};
    ASSERT_EQ(problem_of(store_->complete(upload, parts)), "");
    parts[1].sha256 = codec::sha256(as_bytes("other"));
    EXPECT_FALSE(store_->complete(upload, parts));
    EXPECT_EQ(store_->stat(segment).value().size, content.size());
}

TEST_P(StoreContract, AbortForgetsTheUploadAndCanBeRepeated) {
    const Buffer content = test_bytes(10);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    const Part part = put_piece(*store_, upload, 1, content);
    EXPECT_EQ(problem_of(store_->abort(upload)), "");
    EXPECT_EQ(problem_of(store_->abort(upload)), "");
    EXPECT_TRUE(store_->uploads("").value().empty());
    EXPECT_EQ(kind_of(store_->put_part(upload, 1, content, codec::sha256(content))),
              ErrorKind::not_found);
    EXPECT_EQ(kind_of(store_->complete(upload, {part})), ErrorKind::not_found);
    EXPECT_TRUE(store_->list("").value().empty());
}

TEST_P(StoreContract, AbortAfterCompleteLeavesTheSegment) {
    const Buffer content = test_bytes(10);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    const Part part = put_piece(*store_, upload, 1, content);
    ASSERT_EQ(problem_of(store_->complete(upload, {part})), "");
    EXPECT_EQ(problem_of(store_->abort(upload)), "");
    EXPECT_EQ(read_segment(*backend_, *store_, segment, GetParam().thaw_delay), content);
}

TEST_P(StoreContract, UploadsStayListedAfterACrash) {
    const Buffer content = test_bytes(part_size_ + 3);
    const Upload upload = store_->begin(segment, part_size_, "").value();
    const Part one = put_piece(*store_, upload, 1, Bytes(content).first(part_size_));
    const Upload other = store_->begin("archives/z/000001.zfs", part_size_, "").value();
    store_.reset();
    const auto store = backend_->open();
    const auto uploads = store->uploads("archives/2").value();
    ASSERT_EQ(uploads.size(), 1U);
    EXPECT_EQ(uploads[0].name, segment);
    EXPECT_EQ(uploads[0].id, upload.id);
    EXPECT_TRUE(uploads[0].part_size == part_size_ || uploads[0].part_size == 0);
    EXPECT_EQ(uploads[0].started, upload.started);
    EXPECT_EQ(store->uploads("").value().size(), 2U);
    EXPECT_EQ(store->uploads(segment).value().size(), 1U);
    EXPECT_TRUE(store->uploads(segment + "x").value().empty());
    EXPECT_TRUE(store->list("").value().empty());

    EXPECT_EQ(problem_of(store->abort(store->uploads("archives/z/").value().at(0))), "");
    const Part two = put_piece(*store, upload, 2, Bytes(content).subspan(part_size_));
    EXPECT_EQ(problem_of(store->complete(upload, {one, two})), "");
    EXPECT_TRUE(store->uploads("").value().empty());
    EXPECT_EQ(read_segment(*backend_, *store, segment, GetParam().thaw_delay), content);
}

// --- conflicts

TEST_P(StoreContract, ANameThatExistsIsAConflict) {
    ASSERT_EQ(problem_of(upload_segment(*store_, segment, part_size_, test_bytes(10))), "");
    EXPECT_EQ(kind_of(store_->begin(segment, part_size_, "")), ErrorKind::conflict);
    ASSERT_EQ(problem_of(store_->put("hot.json", as_bytes("x"))), "");
    EXPECT_EQ(kind_of(store_->begin("hot.json", part_size_, "")), ErrorKind::conflict);
    EXPECT_EQ(kind_of(store_->put_new(segment, as_bytes("x"))), ErrorKind::conflict);
}

TEST_P(StoreContract, TheFirstOfTwoUploadsForOneNameToCompleteWins) {
    const Buffer mine = test_bytes(20, 1);
    const Buffer theirs = test_bytes(20, 2);
    const Upload first = store_->begin(segment, part_size_, "").value();
    const Upload second = store_->begin(segment, part_size_, "").value();
    EXPECT_NE(first.id, second.id);
    const Part first_part = put_piece(*store_, first, 1, mine);
    const Part second_part = put_piece(*store_, second, 1, theirs);
    ASSERT_EQ(problem_of(store_->complete(second, {second_part})), "");
    EXPECT_EQ(kind_of(store_->complete(first, {first_part})), ErrorKind::conflict);
    EXPECT_EQ(problem_of(store_->abort(first)), "");
    EXPECT_TRUE(store_->uploads("").value().empty());
    EXPECT_EQ(read_segment(*backend_, *store_, segment, GetParam().thaw_delay), theirs);
}

}  // namespace
}  // namespace zg::store
