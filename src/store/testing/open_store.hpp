// Opens a store in a test.
#pragma once

#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "store/open.hpp"
#include "store/store.hpp"

namespace zg::store {

/// As open_store(), for a store that is not reached over a network.
inline Result<std::unique_ptr<Store>> open_local(std::string_view url, Clock& clock, Steps& steps) {
    static const Environment environment;
    static SystemRandom random;
    static NoLog log;
    return open_store(
        url,
        {.environment = environment, .clock = clock, .random = random, .log = log, .steps = steps});
}

}  // namespace zg::store
