#include "job/version.hpp"

namespace zg::job {

std::string program_version() { return "zglacier " ZGLACIER_VERSION; }

}  // namespace zg::job
