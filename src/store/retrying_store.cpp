#include "store/retrying_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "store/forwarding_store.hpp"

namespace zg::store {

namespace {

class RetryingStore final : public ForwardingStore {
  public:
    RetryingStore(std::unique_ptr<Store> inner, RetryPolicy policy, Clock& clock, Random& random, Log& log)
        : ForwardingStore(*inner), owned_(std::move(inner)), policy_(policy), clock_(clock), random_(random), log_(log) {}

    Result<Upload> begin(std::string_view name, std::uint64_t part_size, std::string_view description) override {
        return again([&] { return inner_.begin(name, part_size, description); });
    }
    Result<Part> put_part(const Upload& upload, std::uint32_t number, Bytes bytes, const codec::Sha256Digest& sha256) override {
        return again([&] { return inner_.put_part(upload, number, bytes, sha256); });
    }
    Result<Stat> complete(const Upload& upload, const std::vector<Part>& parts) override {
        return again([&] { return inner_.complete(upload, parts); });
    }
    Result<void> abort(const Upload& upload) override {
        return again([&] { return inner_.abort(upload); });
    }
    Result<std::vector<Upload>> uploads(std::string_view prefix) override {
        return again([&] { return inner_.uploads(prefix); });
    }
    Result<void> thaw(std::string_view name, const ThawRequest& request) override {
        return again([&] { return inner_.thaw(name, request); });
    }
    Result<ThawState> thaw_state(std::string_view name) override {
        return again([&] { return inner_.thaw_state(name); });
    }
    Result<std::size_t> read(std::string_view name, std::uint64_t offset, MutableBytes into) override {
        return again([&] { return inner_.read(name, offset, into); });
    }
    Result<Stat> stat(std::string_view name) override {
        return again([&] { return inner_.stat(name); });
    }
    Result<std::vector<StoredPart>> parts(std::string_view name) override {
        return again([&] { return inner_.parts(name); });
    }
    Result<std::vector<Entry>> list(std::string_view prefix) override {
        return again([&] { return inner_.list(prefix); });
    }
    Result<void> remove(std::string_view name) override {
        return again([&] { return inner_.remove(name); });
    }
    Result<void> put(std::string_view name, Bytes bytes) override {
        return again([&] { return inner_.put(name, bytes); });
    }
    Result<void> put_new(std::string_view name, Bytes bytes) override {
        bool retried = false;
        auto done = again([&] { return inner_.put_new(name, bytes); }, &retried);
        if (done || !retried || done.error().kind != ErrorKind::conflict) return done;
        // The try whose answer was lost may have been the one that wrote it.
        auto there = get(name);
        if (there && std::ranges::equal(*there, bytes)) return {};
        return done;
    }
    Result<Buffer> get(std::string_view name) override {
        return again([&] { return inner_.get(name); });
    }
    Result<void> refresh() override {
        return again([&] { return inner_.refresh(); });
    }
    Result<std::vector<std::string>> concerns() override {
        return again([&] { return inner_.concerns(); });
    }

  private:
    template <class Call>
    auto again(const Call& call, bool* retried = nullptr) -> decltype(call()) {
        const std::chrono::nanoseconds begun = clock_.monotonic();
        for (unsigned tries = 1;; ++tries) {
            auto result = call();
            if (result || !is_retryable(result.error().kind)) return result;
            const std::chrono::milliseconds pause = jittered(tries);
            if (clock_.monotonic() - begun + pause > policy_.budget) {
                Error error = std::move(result.error());
                if (tries > 1) error.what += fmt::format(", after {} tries", tries);
                if (error.hint.empty()) error.hint = "run the same command again later: it goes on, and loses nothing";
                return fail(std::move(error));
            }
            log_.warning(fmt::format("{}; try {} in {:.1f} s", result.error().message(), tries + 1,
                                     static_cast<double>(pause.count()) / 1000));
            clock_.sleep(pause);
            if (retried != nullptr) *retried = true;
        }
    }

    /// A random time up to the one that doubles with every try.
    std::chrono::milliseconds jittered(unsigned tries) {
        const auto doubled = policy_.first * (std::int64_t{1} << std::min(tries - 1, 20U));
        const auto ceiling = static_cast<std::uint64_t>(std::min<std::chrono::milliseconds>(doubled, policy_.longest).count());
        std::array<std::byte, 8> bytes{};
        random_.fill(bytes);
        return std::chrono::milliseconds(load_int<std::uint64_t>(bytes, 0) % (ceiling + 1));
    }

    std::unique_ptr<Store> owned_;
    RetryPolicy policy_;
    Clock& clock_;
    Random& random_;
    Log& log_;
};

}  // namespace

std::unique_ptr<Store> retry(std::unique_ptr<Store> inner, RetryPolicy policy, Clock& clock, Random& random, Log& log) {
    return std::make_unique<RetryingStore>(std::move(inner), policy, clock, random, log);
}

}  // namespace zg::store
