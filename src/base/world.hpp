// What the program takes from outside, put together in main().
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/steps.hpp"

namespace zg {

/// References outlive every use.
struct World {
    Clock& clock;
    Random& random;
    Steps& steps;
};

}  // namespace zg
