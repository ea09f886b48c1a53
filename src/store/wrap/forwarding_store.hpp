// Base class of a store's decorators: calls that a decorator does not change go to the store
// inside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/store.hpp"

namespace zg::store {

/// Forwards every call to `inner`, which outlives it.
class ForwardingStore : public Store {
  public:
    explicit ForwardingStore(Store& inner) : inner_(inner) {}

    [[nodiscard]] std::string url() const override { return inner_.url(); }
    [[nodiscard]] const Limits& limits() const override { return inner_.limits(); }
    Result<Upload> begin(std::string_view name, std::uint64_t part_size,
                         std::string_view description) override {
        return inner_.begin(name, part_size, description);
    }
    Result<Part> put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                          const codec::Sha256Digest& sha256) override {
        return inner_.put_part(upload, number, bytes, sha256);
    }
    Result<Stat> complete(const Upload& upload, const std::vector<Part>& parts) override {
        return inner_.complete(upload, parts);
    }
    Result<void> abort(const Upload& upload) override { return inner_.abort(upload); }
    Result<std::vector<Upload>> uploads(std::string_view prefix) override {
        return inner_.uploads(prefix);
    }
    Result<void> thaw(std::string_view name, const ThawRequest& request) override {
        return inner_.thaw(name, request);
    }
    Result<ThawState> thaw_state(std::string_view name) override { return inner_.thaw_state(name); }
    Result<std::size_t> read(std::string_view name, std::uint64_t offset,
                             MutableBytes into) override {
        return inner_.read(name, offset, into);
    }
    Result<Stat> stat(std::string_view name) override { return inner_.stat(name); }
    Result<std::vector<StoredPart>> parts(std::string_view name) override {
        return inner_.parts(name);
    }
    Result<std::vector<Entry>> list(std::string_view prefix) override {
        return inner_.list(prefix);
    }
    Result<void> remove(std::string_view name) override { return inner_.remove(name); }
    Result<void> put(std::string_view name, Bytes bytes) override {
        return inner_.put(name, bytes);
    }
    Result<void> put_new(std::string_view name, Bytes bytes) override {
        return inner_.put_new(name, bytes);
    }
    Result<Buffer> get(std::string_view name) override { return inner_.get(name); }
    Result<void> refresh() override { return inner_.refresh(); }
    Result<std::vector<std::string>> warnings() override { return inner_.warnings(); }

  protected:
    Store& inner_;
};

}  // namespace zg::store
