#include "base/version.hpp"

#include <string>

namespace zg {

std::string program_version() { return "zglacier " ZGLACIER_VERSION; }

}  // namespace zg
