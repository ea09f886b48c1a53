// A store whose objects must be thawed, on the test's clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/store.hpp"
#include "store/wrap/forwarding_store.hpp"

namespace zg::thaw {

/// Cold like S3: it reports that something is being thawed, but not since when or until when. The
/// time that a thaw takes can be set for each segment.
class ColdStore final : public store::ForwardingStore {
  public:
    ColdStore(store::Store& inner, Clock& clock)
        : ForwardingStore(inner), clock_(clock), limits_(inner.limits()) {
        limits_.cold = true;
        limits_.reading_costs = true;
        limits_.thaw_tiers = {{"standard", std::chrono::hours(12)},
                              {"bulk", std::chrono::hours(48)}};
    }
    [[nodiscard]] const store::Limits& limits() const override { return limits_; }

    Result<void> thaw(std::string_view name, const store::ThawRequest& request) override {
        const std::lock_guard guard(mutex_);
        requests.emplace_back(name, request);
        Thaw& thaw = thaws_[std::string(name)];
        const TimePoint now = clock_.now();
        const bool readable = thaw.until > now && thaw.ready <= now;
        if (readable && !limits_.readable_for) {
            thaw.until = std::max(thaw.until, now + request.days);
        } else if (thaw.until <= now) {
            thaw.ready =
                now + (delays.contains(std::string(name)) ? delays[std::string(name)] : delay);
            thaw.until = thaw.ready + limits_.readable_for.value_or(request.days);
        }
        return {};
    }
    Result<store::ThawState> thaw_state(std::string_view name) override {
        ZG_TRY(const store::Stat stat, inner_.stat(name));
        const std::lock_guard guard(mutex_);
        ++looks;
        if (!name.ends_with(".zfs")) return store::ThawState{};
        const Thaw thaw = thaws_[std::string(name)];
        const TimePoint now = clock_.now();
        if (thaw.until <= now) return store::ThawState{.temperature = store::Temperature::cold};
        if (thaw.ready > now) return store::ThawState{.temperature = store::Temperature::thawing};
        return store::ThawState{.temperature = store::Temperature::hot,
                                .readable_until = thaw.until};
    }
    Result<store::Stat> stat(std::string_view name) override {
        ZG_TRY(store::Stat stat, inner_.stat(name));
        ZG_TRY(stat.thaw, thaw_state(name));
        stat.storage_class = storage_class;
        const auto own = tiers_of.find(std::string(name));
        stat.thaw_tiers = own != tiers_of.end() ? own->second : limits_.thaw_tiers;
        return stat;
    }
    Result<std::size_t> read(std::string_view name, std::uint64_t offset,
                             MutableBytes into) override {
        ZG_TRY(const store::ThawState state, thaw_state(name));
        if (state.temperature != store::Temperature::hot)
            return fail({.kind = ErrorKind::cold, .what = "cold", .where = std::string(name)});
        return inner_.read(name, offset, into);
    }

    /// Like a vault: nothing is prolonged.
    void stay_readable_for(std::chrono::seconds time) { limits_.readable_for = time; }

    static constexpr const char* storage_class = "DEEP_ARCHIVE";
    std::chrono::seconds delay = std::chrono::hours(11);
    std::map<std::string, std::chrono::seconds> delays;            // of some segments
    std::map<std::string, std::vector<store::ThawTier>> tiers_of;  // of some segments
    std::vector<std::pair<std::string, store::ThawRequest>> requests;
    std::size_t looks = 0;

  private:
    struct Thaw {
        TimePoint ready{};
        TimePoint until{};
    };
    Clock& clock_;
    store::Limits limits_;
    std::mutex mutex_;
    std::map<std::string, Thaw> thaws_;
};

}  // namespace zg::thaw
