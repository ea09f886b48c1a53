// A store that fails at random but repeatably, for tests of the layers above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/store.hpp"
#include "store/wrap/forwarding_store.hpp"

namespace zg::store {

struct Faults {
    std::uint32_t seed = 1;
    double fail_before = 0;  ///< probability that a call fails and does nothing
    /// probability that a call does its work but fails, as if the answer was lost
    double fail_after = 0;
    double flip = 0;            ///< probability that a read() or get() returns one wrong bit
    bool returns_parts = true;  ///< false: like a store that keeps no digests of parts
    std::vector<ErrorKind> kinds{
        ErrorKind::unavailable};  ///< one of them is chosen for each failure
};

/// The same seed and the same order of calls give the same faults. `inner` outlives it. May be
/// called from any thread.
class FaultyStore final : public ForwardingStore {
  public:
    FaultyStore(Store& inner, Faults faults)
        : ForwardingStore(inner), faults_(std::move(faults)), random_(faults_.seed) {}

    /// Sets other faults from now on; does not use the seed again.
    void set_faults(Faults faults) {
        const std::lock_guard guard(mutex_);
        faults_ = std::move(faults);
    }
    /// How many faults there were so far.
    [[nodiscard]] std::uint64_t count() const {
        const std::lock_guard guard(mutex_);
        return count_;
    }

    Result<Upload> begin(std::string_view name, std::uint64_t part_size,
                         std::string_view description) override {
        return call(name, [&] { return inner_.begin(name, part_size, description); });
    }
    Result<Part> put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                          const codec::Sha256Digest& sha256) override {
        return call(upload.name, [&] { return inner_.put_part(upload, number, bytes, sha256); });
    }
    Result<Stat> complete(const Upload& upload, const std::vector<Part>& parts) override {
        return call(upload.name, [&] { return inner_.complete(upload, parts); });
    }
    Result<void> abort(const Upload& upload) override {
        return call(upload.name, [&] { return inner_.abort(upload); });
    }
    Result<std::vector<Upload>> uploads(std::string_view prefix) override {
        return call(prefix, [&] { return inner_.uploads(prefix); });
    }
    Result<void> thaw(std::string_view name, const ThawRequest& request) override {
        return call(name, [&] { return inner_.thaw(name, request); });
    }
    Result<ThawState> thaw_state(std::string_view name) override {
        return call(name, [&] { return inner_.thaw_state(name); });
    }
    Result<std::size_t> read(std::string_view name, std::uint64_t offset,
                             MutableBytes into) override {
        auto count = call(name, [&] { return inner_.read(name, offset, into); });
        if (count) maybe_flip(into.first(*count));
        return count;
    }
    Result<Stat> stat(std::string_view name) override {
        return call(name, [&] { return inner_.stat(name); });
    }
    Result<std::vector<StoredPart>> parts(std::string_view name) override {
        auto parts = call(name, [&] { return inner_.parts(name); });
        if (parts && !faults_.returns_parts) parts->clear();
        return parts;
    }
    Result<std::vector<Entry>> list(std::string_view prefix) override {
        return call(prefix, [&] { return inner_.list(prefix); });
    }
    Result<void> remove(std::string_view name) override {
        return call(name, [&] { return inner_.remove(name); });
    }
    Result<void> put(std::string_view name, Bytes bytes) override {
        return call(name, [&] { return inner_.put(name, bytes); });
    }
    Result<void> put_new(std::string_view name, Bytes bytes) override {
        return call(name, [&] { return inner_.put_new(name, bytes); });
    }
    Result<Buffer> get(std::string_view name) override {
        auto content = call(name, [&] { return inner_.get(name); });
        if (content) maybe_flip(*content);
        return content;
    }

  private:
    template <class Act>
    auto call(std::string_view name, const Act& act) -> decltype(act()) {
        ErrorKind kind{};
        if (strikes(&Faults::fail_before, kind)) return failure(name, kind);
        auto result = act();
        if (strikes(&Faults::fail_after, kind)) return failure(name, kind);
        return result;
    }

    bool strikes(double Faults::* probability, ErrorKind& kind) {
        const std::lock_guard guard(mutex_);
        if (!std::bernoulli_distribution(faults_.*probability)(random_)) return false;
        ++count_;
        kind = faults_.kinds[random_() % faults_.kinds.size()];
        return true;
    }

    void maybe_flip(MutableBytes bytes) {
        ErrorKind unused{};
        if (bytes.empty() || !strikes(&Faults::flip, unused)) return;
        const std::lock_guard guard(mutex_);
        bytes[random_() % bytes.size()] ^= std::byte{1} << (random_() % 8);
    }

    static std::unexpected<Error> failure(std::string_view name, ErrorKind kind) {
        return fail(
            {.kind = kind, .what = "a fault injected by the test", .where = std::string(name)});
    }

    mutable std::mutex mutex_;
    Faults faults_;
    std::mt19937 random_;
    std::uint64_t count_ = 0;
};

}  // namespace zg::store
