#include <signal.h>

#include <memory>

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/random.hpp"
#include "base/steps.hpp"
#include "base/world.hpp"
#include "cli/output/console.hpp"
#include "cli/run.hpp"

int main(int argc, char** argv) {
    // A reader that goes away is an error of write(), not the end of this process.
    ::signal(SIGPIPE, SIG_IGN);
    const zg::Environment environment = zg::Environment::of_process();
    zg::SystemClock clock;
    zg::SystemRandom random;
    const std::unique_ptr<zg::Steps> steps = zg::steps_from(environment);
    zg::cli::Console console(clock);
    zg::World world{environment, clock, random, *steps, console, console};
    return zg::cli::run(argc, argv, world, console);
}
