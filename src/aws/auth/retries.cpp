#include "aws/auth/retries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg::aws {

bool Retries::again(Error& error) {
    ++tries_;
    if (!is_retryable(error.kind)) return false;
    const std::chrono::milliseconds pause = next_pause();
    if (clock_.monotonic() - begun_ + pause >= policy_.budget) {
        if (tries_ > 1) error.what += fmt::format(", after {} tries", tries_);
        if (error.hint.empty())
            error.hint = "run the same command again later: it resumes, and nothing is lost";
        return false;
    }
    log_.warning(fmt::format("{}; try {} in {:.1f} s", error.message(), tries_ + 1,
                             static_cast<double>(pause.count()) / 1000));
    clock_.sleep(pause);
    return true;
}

/// A random time up to a limit that doubles with every try.
std::chrono::milliseconds Retries::next_pause() {
    const auto doubled = policy_.first * (std::int64_t{1} << std::min(tries_ - 1, 20U));
    const auto ceiling = static_cast<std::uint64_t>(
        std::min<std::chrono::milliseconds>(doubled, policy_.longest).count());
    std::array<std::byte, 8> bytes{};
    random_.fill(bytes);
    return std::chrono::milliseconds(load_int<std::uint64_t>(bytes, 0) % (ceiling + 1));
}

}  // namespace zg::aws
