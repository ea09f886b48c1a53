// What a bucket's lifecycle would do to a store.
#pragma once

#include <string>
#include <vector>

#include "aws/s3/s3.hpp"
#include "store/s3/options.hpp"

namespace zg::store {

/// One sentence for each rule that removes archives, makes manifests cold, or aborts uploads that
/// are still under way.
std::vector<std::string> lifecycle_concerns(const std::vector<aws::LifecycleRule>& rules,
                                            const S3Options& options);

}  // namespace zg::store
