#include "store/wrap/retrying_store.hpp"

#include <algorithm>

#include "store/wrap/forwarding_store.hpp"

namespace zg::store {

namespace {

class RetryingStore final : public ForwardingStore {
  public:
    RetryingStore(std::unique_ptr<Store> inner, RetryPolicy policy, Clock& clock, Random& random,
                  Log& log)
        : ForwardingStore(*inner), owned_(std::move(inner)), retrier_(policy, clock, random, log) {}

    Result<Upload> begin(std::string_view name, std::uint64_t part_size,
                         std::string_view description) override {
        return again([&] { return inner_.begin(name, part_size, description); });
    }
    Result<Part> put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                          const codec::Sha256Digest& sha256) override {
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
    Result<std::size_t> read(std::string_view name, std::uint64_t offset,
                             MutableBytes into) override {
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
        return retrier_.again(call, retried);
    }

    std::unique_ptr<Store> owned_;
    Retrier retrier_;
};

}  // namespace

std::unique_ptr<Store> retry(std::unique_ptr<Store> inner, RetryPolicy policy, Clock& clock,
                             Random& random, Log& log) {
    return std::make_unique<RetryingStore>(std::move(inner), policy, clock, random, log);
}

}  // namespace zg::store
