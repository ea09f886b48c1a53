// The minimal IAM policies for a store in an S3 bucket.
#pragma once

#include <string>

#include "store/s3/options.hpp"
#include "store/schemes.hpp"

namespace zg::store {

/// `versioned`: the bucket keeps versions, and backup may remove all versions of objects of
/// unfinished archives.
AccessPolicies s3_policies(const S3Options& options, bool versioned);

}  // namespace zg::store
