// Randomness as an interface, so that tests can repeat it.
#pragma once

#include "base/bytes.hpp"

namespace zg {

/// Fills `bytes` with unpredictable values. May be called from any thread.
class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(MutableBytes bytes) = 0;
};

/// The kernel's generator, getrandom(2).
class SystemRandom final : public Random {
  public:
    void fill(MutableBytes bytes) override;
};

}  // namespace zg
