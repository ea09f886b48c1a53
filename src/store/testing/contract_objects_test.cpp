// Every sentence of store.hpp, for every backend: reading, listing, removing, hot objects.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/checks.hpp"
#include "store/store.hpp"
#include "store/testing/contract.hpp"
#include "store/testing/helpers.hpp"

namespace zg::store {
namespace {

const std::string segment = "archives/20261123T020000Z-7f3a9c21/000001.zfs.zst";

// --- reading

TEST_P(StoreContract, ReadsEveryRange) {
    const std::size_t size = part_size_ * 2 + 1;
    const Buffer content = test_bytes(size);
    ASSERT_EQ(problem_of(upload_segment(*store_, segment, part_size_, content)), "");
    ASSERT_EQ(problem_of(store_->put("hot.json", content)), "");
    make_readable(*backend_, *store_, segment, GetParam().thaw_delay);
    const std::vector<std::size_t> offsets{
        0, 1, part_size_ - 1, part_size_, part_size_ + 1, size - 1, size, size + 1, size * 2};
    const std::vector<std::size_t> lengths{
        0, 1, 2, part_size_ - 1, part_size_, part_size_ + 1, size - 1, size, size + 1};
    for (const std::string& name : {segment, std::string("hot.json")}) {
        for (const std::size_t offset : offsets) {
            for (const std::size_t length : lengths) {
                SCOPED_TRACE(name + " " + std::to_string(offset) + "+" + std::to_string(length));
                Buffer into(length);
                const auto count = store_->read(name, offset, into);
                ASSERT_EQ(problem_of(count), "");
                const std::size_t expected = offset >= size ? 0 : std::min(length, size - offset);
                ASSERT_EQ(*count, expected);
                EXPECT_TRUE(std::equal(
                    into.begin(), into.begin() + static_cast<std::ptrdiff_t>(expected),
                    content.begin() + static_cast<std::ptrdiff_t>(std::min(offset, size))));
            }
        }
        Buffer into(1);
        EXPECT_EQ(store_->read(name, std::uint64_t{1} << 62, into).value(), 0U);
        EXPECT_EQ(store_->read(name, ~std::uint64_t{0}, into).value(), 0U);
    }
}

TEST_P(StoreContract, AMissingObjectIsNotFound) {
    Buffer into(1);
    ASSERT_EQ(problem_of(store_->put("a/b", as_bytes("x"))), "");
    for (const char* name : {"missing", "missing/too", "a", "a/b/c", "a/c"}) {
        SCOPED_TRACE(name);
        EXPECT_EQ(kind_of(store_->stat(name)), ErrorKind::not_found);
        EXPECT_EQ(kind_of(store_->get(name)), ErrorKind::not_found);
        EXPECT_EQ(kind_of(store_->read(name, 0, into)), ErrorKind::not_found);
        EXPECT_EQ(kind_of(store_->thaw(name, {})), ErrorKind::not_found);
        EXPECT_EQ(kind_of(store_->thaw_state(name)), ErrorKind::not_found);
        EXPECT_EQ(problem_of(store_->remove(name)), "");
    }
    EXPECT_EQ(listed(*store_, ""), std::vector<std::string>{"a/b"});
}

// --- listing and removing

TEST_P(StoreContract, ListsSortedByNameAndByPrefix) {
    EXPECT_TRUE(store_->list("").value().empty());
    EXPECT_TRUE(store_->list("archives/").value().empty());
    const std::vector<std::string> names{"a-b",   "a.b", "a/b",   "a/b-c/d",
                                         "a/b.c", "a0",  "b/c/d", "zglacier.json"};
    for (const std::string& name : std::views::reverse(names))
        ASSERT_EQ(problem_of(store_->put(name, as_bytes(name))), "");
    EXPECT_EQ(listed(*store_, ""), names);
    EXPECT_EQ(listed(*store_, "a/"), (std::vector<std::string>{"a/b", "a/b-c/d", "a/b.c"}));
    EXPECT_EQ(listed(*store_, "a"),
              (std::vector<std::string>{"a-b", "a.b", "a/b", "a/b-c/d", "a/b.c", "a0"}));
    EXPECT_EQ(listed(*store_, "a/b"), (std::vector<std::string>{"a/b", "a/b-c/d", "a/b.c"}));
    EXPECT_EQ(listed(*store_, "a/b-c/d"), std::vector<std::string>{"a/b-c/d"});
    EXPECT_EQ(listed(*store_, "b/c/"), std::vector<std::string>{"b/c/d"});
    for (const char* prefix :
         {"c", "a/b/", "a/b-c/d/", "b/c/d/e/f", "/", "//", "../", ".", "a/../", "b//"})
        EXPECT_TRUE(listed(*store_, prefix).empty()) << prefix;
    const std::vector<Entry> entries = store_->list("").value();
    for (const Entry& entry : entries) {
        EXPECT_EQ(entry.size, entry.name.size());
        EXPECT_NE(entry.modified, TimePoint{});
    }
}

TEST_P(StoreContract, RemoveIsIdempotentAndFreesTheName) {
    ASSERT_EQ(problem_of(upload_segment(*store_, segment, part_size_, test_bytes(10))), "");
    ASSERT_EQ(problem_of(store_->put("archives/x/manifest.json", as_bytes("x"))), "");
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(problem_of(store_->remove(segment)), "");
        EXPECT_EQ(problem_of(store_->remove("archives/x/manifest.json")), "");
        EXPECT_EQ(kind_of(store_->stat(segment)), ErrorKind::not_found);
        EXPECT_TRUE(store_->list("").value().empty());
    }
    EXPECT_EQ(problem_of(upload_segment(*store_, segment, part_size_, test_bytes(11))), "");
    EXPECT_EQ(problem_of(store_->put_new("archives/x/manifest.json", as_bytes("y"))), "");
    EXPECT_EQ(store_->stat(segment).value().size, 11U);
}

// --- hot objects

TEST_P(StoreContract, PutReplacesAndPutNewDoesNot) {
    const std::string name = "archives/x/manifest.json";
    EXPECT_EQ(kind_of(store_->get(name)), ErrorKind::not_found);
    EXPECT_EQ(problem_of(store_->put_new(name, as_bytes("one"))), "");
    EXPECT_EQ(kind_of(store_->put_new(name, as_bytes("two"))), ErrorKind::conflict);
    EXPECT_EQ(store_->get(name).value(), to_buffer("one"));
    EXPECT_EQ(problem_of(store_->put(name, as_bytes("three, longer"))), "");
    EXPECT_EQ(store_->get(name).value(), to_buffer("three, longer"));
    EXPECT_EQ(problem_of(store_->put(name, {})), "");
    EXPECT_EQ(store_->get(name).value(), Buffer{});
    EXPECT_EQ(store_->stat(name).value().size, 0U);
    EXPECT_EQ(store_->stat(name).value().thaw.temperature, Temperature::hot);
    EXPECT_EQ(backend_->open()->get(name).value(), Buffer{});
}

TEST_P(StoreContract, AHotObjectHasAtMost64MiB) {
    const Buffer large(max_hot_size + 1);
    EXPECT_EQ(kind_of(store_->put("a", large)), ErrorKind::usage);
    EXPECT_EQ(kind_of(store_->put_new("a", large)), ErrorKind::usage);
    EXPECT_TRUE(store_->list("").value().empty());
}

TEST_P(StoreContract, ExactlyOneOfManyPutNewSucceeds) {
    constexpr std::size_t thread_count = 8;
    for (int round = 0; round < 10; ++round) {
        // Each round uses a new folder, so that creating the folder is part of the race.
        const std::string name = "archives/r" + std::to_string(round) + "/manifest.json";
        std::array<ErrorKind, thread_count> losers{};
        std::atomic<int> winner{-1};
        std::atomic<int> winners{0};
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < thread_count; ++i) {
                threads.emplace_back([&, i] {
                    const auto made = store_->put_new(name, as_bytes(std::to_string(i)));
                    if (made) {
                        winner = static_cast<int>(i);
                        ++winners;
                    } else {
                        losers[i] = made.error().kind;
                    }
                });
            }
        }
        ASSERT_EQ(winners, 1);
        for (std::size_t i = 0; i < thread_count; ++i) {
            if (static_cast<int>(i) != winner) {
                EXPECT_EQ(losers[i], ErrorKind::conflict);
            }
        }
        EXPECT_EQ(store_->get(name).value(), to_buffer(std::to_string(winner)));
    }
}

TEST_P(StoreContract, AReaderSeesTheOldOrTheNewContent) {
    const std::string name = "catalog.json";
    const std::array<Buffer, 2> contents{Buffer(5000, std::byte{1}), Buffer(70'000, std::byte{2})};
    ASSERT_EQ(problem_of(store_->put(name, contents[0])), "");
    std::atomic<bool> done{false};
    std::jthread writer([&] {
        for (std::size_t i = 0; i < 20; ++i)
            EXPECT_EQ(problem_of(store_->put(name, contents[i % 2])), "");
        done = true;
    });
    while (!done) {
        const Buffer seen = store_->get(name).value();
        ASSERT_TRUE(seen == contents[0] || seen == contents[1]);
        ASSERT_EQ(listed(*store_, ""), std::vector{name});
    }
}

TEST_P(StoreContract, ObjectsAreWrittenAndRemovedConcurrently) {
    // One thread's remove() finds folders empty that another thread is about to use.
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            const std::string name = "archives/shared/folder/" + std::to_string(i) + ".json";
            for (int round = 0; round < 25; ++round) {
                ASSERT_EQ(problem_of(store_->put_new(name, as_bytes("x"))), "");
                ASSERT_EQ(problem_of(store_->get(name)), "");
                ASSERT_EQ(problem_of(store_->remove(name)), "");
            }
        });
    }
    threads.clear();
    EXPECT_TRUE(store_->list("").value().empty());
}

TEST_P(StoreContract, TheUrlStaysTheSame) {
    EXPECT_FALSE(store_->url().empty());
    EXPECT_EQ(store_->url(), backend_->open()->url());
}

}  // namespace
}  // namespace zg::store
