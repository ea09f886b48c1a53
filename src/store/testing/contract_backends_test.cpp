// The backends of this folder keep the contract.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/steps.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "store/store.hpp"
#include "store/testing/contract.hpp"
#include "store/testing/faulty_store.hpp"
#include "store/testing/memory_store.hpp"
#include "store/testing/open_store.hpp"
#include "store/wrap/stepped_store.hpp"

namespace zg::store {
namespace {

class MemoryBackend final : public Backend {
  public:
    explicit MemoryBackend(MemoryOptions options) : store_(clock_, options) {}
    std::unique_ptr<Store> open() override { return store_.reopened(); }
    void advance(std::chrono::seconds duration) override { clock_.advance(duration); }

  private:
    ManualClock clock_;
    MemoryStore store_;
};

class DirBackend final : public Backend {
  public:
    explicit DirBackend(std::string options) : options_(std::move(options)) {}
    std::unique_ptr<Store> open() override {
        return open_local("dir:" + folder_.path() + options_, clock_, steps_).value();
    }
    void advance(std::chrono::seconds duration) override { clock_.advance(duration); }

  private:
    std::string options_;
    TemporaryFolder folder_;
    ManualClock clock_;
    NoSteps steps_;
};

/// Decorators without faults and without a recorder change nothing.
class DecoratedBackend final : public Backend {
  public:
    std::unique_ptr<Store> open() override {
        inner_.push_back(store_.reopened());
        inner_.push_back(announce_steps(*inner_.back(), steps_));
        return std::make_unique<FaultyStore>(*inner_.back(), Faults{});
    }
    void advance(std::chrono::seconds duration) override { clock_.advance(duration); }

  private:
    ManualClock clock_;
    NoSteps steps_;
    MemoryStore store_{clock_, {.thaw = std::chrono::hours{1}}};
    std::vector<std::unique_ptr<Store>> inner_;
};

std::vector<Factory> factories() {
    constexpr std::chrono::seconds delay{3600};
    return {
        {.name = "memory", .make = [] { return std::make_unique<MemoryBackend>(MemoryOptions{}); }},
        {.name = "memory_cold",
         .make = [=] { return std::make_unique<MemoryBackend>(MemoryOptions{.thaw = delay}); },
         .cold = true},
        {.name = "dir", .make = [] { return std::make_unique<DirBackend>(""); }},
        {.name = "dir_cold",
         .make = [] { return std::make_unique<DirBackend>("?thaw=1h"); },
         .cold = true},
        {.name = "decorated",
         .make = [] { return std::make_unique<DecoratedBackend>(); },
         .cold = true},
    };
}

INSTANTIATE_TEST_SUITE_P(Own, StoreContract, testing::ValuesIn(factories()), factory_name);
INSTANTIATE_TEST_SUITE_P(Own, StoreThawContract, testing::ValuesIn(factories()), factory_name);

}  // namespace
}  // namespace zg::store
