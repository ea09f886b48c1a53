// What every operation works with; a Session puts it together.
#pragma once

#include <string>

#include "archive/engine.hpp"

namespace zg::ops {

/// This computer.
struct Machine {
    std::string host;        ///< its name, for the manifest
    std::string machine_id;  ///< unique to this machine
    std::string state_dir;   ///< for catalogs and locks
};

struct Context : archive::Engine {
    Machine machine;
};

}  // namespace zg::ops
