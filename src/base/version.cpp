#include "base/version.hpp"

namespace zg {

std::string program_version() { return "zglacier " ZGLACIER_VERSION; }

}  // namespace zg
