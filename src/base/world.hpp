// The program's connections to the outside; main() puts them together.
#pragma once

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/steps.hpp"

namespace zg {

/// References outlive every use. They may be used from any thread, except the progress: from one at
/// a time.
struct World {
    const Environment& environment;
    Clock& clock;
    Random& random;
    Steps& steps;
    Log& log;
    Progress& progress;
};

}  // namespace zg
