// The contract of store.hpp as one suite of tests, for every backend.
//
// The tests are in src/store/testing/contract_test.cpp and contract_thaw_test.cpp. A backend joins,
// in any file of a test program that holds these two, with
// - INSTANTIATE_TEST_SUITE_P(Mine, StoreContract, testing::Values(my_factory()), factory_name);
// - the same with StoreThawContract.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "store/store.hpp"
#include "store/testing/helpers.hpp"

namespace zg::store {

/// An empty place for objects, created for each test.
class Backend {
  public:
    virtual ~Backend() = default;
    /// A new Store over the place, as a new process would open it. The Backend outlives it.
    virtual std::unique_ptr<Store> open() = 0;
    /// Advances the clock that thaws use.
    virtual void advance(std::chrono::seconds duration) = 0;
};

/// Thaws the segment if it is not hot, and advances the clock.
inline void make_readable(Backend& backend, Store& store, const std::string& name,
                          std::chrono::seconds delay) {
    const auto state = store.thaw_state(name);
    ASSERT_EQ(problem_of(state), "");
    if (state->temperature == Temperature::hot) return;
    ASSERT_EQ(problem_of(store.thaw(name, {})), "");
    backend.advance(delay);
}

/// The whole segment, thawed if necessary.
inline Buffer read_segment(Backend& backend, Store& store, const std::string& name,
                           std::chrono::seconds delay) {
    make_readable(backend, store, name, delay);
    const auto stat = store.stat(name);
    EXPECT_EQ(problem_of(stat), "");
    if (!stat) return {};
    Buffer content(stat->size + 1);
    const auto count = store.read(name, 0, content);
    EXPECT_EQ(problem_of(count), "");
    content.resize(count.value_or(0));
    return content;
}

/// How to create a backend.
struct Factory {
    std::string name;  ///< letters and digits
    std::function<std::unique_ptr<Backend>()> make;
    std::uint64_t part_size = 1000;  ///< a small one that the store accepts
    bool cold = false;               ///< its segments are cold
    std::chrono::seconds thaw_delay{
        3600};  ///< if the store is cold: a thaw of tier "standard" is done after this time
    /// tests of promises that a foreign backend does not keep
    std::set<std::string> cannot{};
    std::chrono::seconds slack{1};  ///< how far the store's clock may be from the test's
};

/// For the messages of failed tests.
inline void PrintTo(const Factory& factory, std::ostream* out) { *out << factory.name; }

inline std::string factory_name(const testing::TestParamInfo<Factory>& info) {
    return info.param.name;
}

class StoreContract : public testing::TestWithParam<Factory> {
  protected:
    StoreContract()
        : backend_(GetParam().make()), store_(backend_->open()), part_size_(GetParam().part_size) {}

    void SetUp() override {
        const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
        if (GetParam().cannot.contains(name.substr(0, name.find('/'))))
            GTEST_SKIP() << "this backend does not keep that promise";
    }

    std::unique_ptr<Backend> backend_;
    std::unique_ptr<Store> store_;
    std::uint64_t part_size_;
};

/// With one segment in the store.
class StoreThawContract : public StoreContract {
  protected:
    void SetUp() override {
        StoreContract::SetUp();
        if (IsSkipped()) return;
        content_ = test_bytes(part_size_ + 1);
        ASSERT_EQ(problem_of(upload_segment(*store_, segment, part_size_, content_)), "");
    }

    [[nodiscard]] bool cold() const { return GetParam().cold; }
    [[nodiscard]] std::chrono::seconds delay() const { return GetParam().thaw_delay; }
    [[nodiscard]] std::chrono::seconds slack() const { return GetParam().slack; }
    [[nodiscard]] Temperature temperature(Store& store) const {
        return store.thaw_state(segment).value().temperature;
    }
    [[nodiscard]] Result<std::size_t> read_one(Store& store) const {
        Buffer into(1);
        return store.read(segment, 0, into);
    }

    const std::string segment = "archives/20261123T020000Z-7f3a9c21/000001.zfs.zst.age";
    Buffer content_;
};

}  // namespace zg::store
