// The folders of the tests' data.
#pragma once

#include <string>

namespace zg {

/// The project's own folder, absolute.
std::string source_dir();

/// The folder of test data beside the project's, absolute.
std::string shared_dir();

}  // namespace zg
