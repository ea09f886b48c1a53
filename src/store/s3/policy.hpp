// The minimal IAM policies for a store in an S3 bucket.
#pragma once

#include "store/s3/options.hpp"
#include "store/schemes.hpp"

namespace zg::store {

AccessPolicies s3_policies(const S3Options& options, const RemovalScope& removals);

}  // namespace zg::store
