#include "store/wrap/stepped_store.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "codec/sha256.hpp"
#include "store/store.hpp"
#include "store/wrap/forwarding_store.hpp"

namespace zg::store {

namespace {

class SteppedStore final : public ForwardingStore {
  public:
    SteppedStore(Store& inner, Steps& steps) : ForwardingStore(inner), steps_(steps) {}

    Result<Upload> begin(std::string_view name, std::uint64_t part_size,
                         std::string_view description) override {
        return step("begin", name, [&] { return inner_.begin(name, part_size, description); });
    }
    Result<Part> put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                          const codec::Sha256Digest& sha256) override {
        return step("put_part", fmt::format("{} {}", upload.name, number),
                    [&] { return inner_.put_part(upload, number, bytes, sha256); });
    }
    Result<Stat> complete(const Upload& upload, const std::vector<Part>& parts) override {
        return step("complete", upload.name, [&] { return inner_.complete(upload, parts); });
    }
    Result<void> abort(const Upload& upload) override {
        return step("abort", upload.name, [&] { return inner_.abort(upload); });
    }
    Result<void> thaw(std::string_view name, const ThawRequest& request) override {
        return step("thaw", name, [&] { return inner_.thaw(name, request); });
    }
    Result<void> remove(std::string_view name) override {
        return step("remove", name, [&] { return inner_.remove(name); });
    }
    Result<void> put(std::string_view name, Bytes bytes) override {
        return step("put", name, [&] { return inner_.put(name, bytes); });
    }
    Result<void> put_new(std::string_view name, Bytes bytes) override {
        return step("put_new", name, [&] { return inner_.put_new(name, bytes); });
    }

  private:
    template <class Call>
    auto step(std::string_view call, std::string_view on, const Call& act) -> decltype(act()) {
        const std::string text = fmt::format("store.{} {}", call, on);
        steps_.at(text + " begin");
        auto result = act();
        steps_.at(text + " end");
        return result;
    }

    Steps& steps_;
};

}  // namespace

std::unique_ptr<Store> announce_steps(Store& inner, Steps& steps) {
    return std::make_unique<SteppedStore>(inner, steps);
}

}  // namespace zg::store
