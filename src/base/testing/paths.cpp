#include "base/testing/paths.hpp"

#include <string>

namespace zg {

std::string source_dir() { return ZGLACIER_SOURCE_DIR; }
std::string shared_dir() { return ZGLACIER_SOURCE_DIR "/../shared"; }

}  // namespace zg
