#include "base/random.hpp"

#include <sys/random.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdlib>

#include "base/bytes.hpp"

namespace zg {

void SystemRandom::fill(MutableBytes bytes) {
    while (!bytes.empty()) {
        const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        // Without a generator nothing is secure; Linux since 3.17 always has one.
        if (got <= 0) std::abort();
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace zg
