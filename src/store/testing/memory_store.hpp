// A store in memory, for tests of the layers above.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/store.hpp"

namespace zg::store {

struct MemoryOptions {
    /// if set, segments are cold and a thaw takes this long
    std::optional<std::chrono::seconds> thaw{};
    Limits limits{
        .max_part_size = std::uint64_t{1} << 30,
        .max_parts = 10'000,
        .max_object_size = std::uint64_t{1} << 40};  ///< `cold` is set according to `thaw`
};

/// Fulfills the whole contract, except that nothing outlives the process. Keeps the digests of the
/// parts.
class MemoryStore final : public Store {
  public:
    /// The clock outlives the store.
    explicit MemoryStore(Clock& clock, MemoryOptions options = {});
    ~MemoryStore() override;

    /// Another store over the same objects and uploads, as another process would open it.
    [[nodiscard]] std::unique_ptr<MemoryStore> reopened() const;

    [[nodiscard]] std::string url() const override { return "memory:"; }
    [[nodiscard]] const Limits& limits() const override;

    Result<Upload> begin(std::string_view name, std::uint64_t part_size,
                         std::string_view description) override;
    Result<Part> put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                          const codec::Sha256Digest& sha256) override;
    Result<Stat> complete(const Upload& upload, const std::vector<Part>& parts) override;
    Result<void> abort(const Upload& upload) override;
    Result<std::vector<Upload>> uploads(std::string_view prefix) override;

    Result<void> thaw(std::string_view name, const ThawRequest& request) override;
    Result<ThawState> thaw_state(std::string_view name) override;

    Result<std::size_t> read(std::string_view name, std::uint64_t offset,
                             MutableBytes into) override;
    Result<Stat> stat(std::string_view name) override;
    Result<std::vector<StoredPart>> parts(std::string_view name) override;
    Result<std::vector<Entry>> list(std::string_view prefix) override;
    Result<void> remove(std::string_view name) override;

    Result<void> put(std::string_view name, Bytes bytes) override;
    Result<void> put_new(std::string_view name, Bytes bytes) override;
    Result<Buffer> get(std::string_view name) override;
    Result<void> refresh() override { return {}; }
    Result<std::vector<std::string>> warnings() override { return std::vector<std::string>{}; }

  private:
    struct State;
    explicit MemoryStore(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace zg::store
