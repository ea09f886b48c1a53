#pragma once

#include <string>

namespace zg {

/// "zglacier 0.1.0", as manifests name the program that wrote them.
std::string program_version();

}  // namespace zg
