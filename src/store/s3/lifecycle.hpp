// Checks a bucket's lifecycle rules for effects on a store.
#pragma once

#include <string>
#include <vector>

#include "aws/s3/s3.hpp"
#include "store/s3/options.hpp"

namespace zg::store {

/// One warning for each rule that removes archives, makes manifests cold, or aborts uploads that
/// are still running.
std::vector<std::string> lifecycle_warnings(const std::vector<aws::LifecycleRule>& rules,
                                            const S3Options& options);

}  // namespace zg::store
