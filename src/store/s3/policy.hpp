// The smallest IAM policies with which a store in an S3 bucket works.
#pragma once

#include <string>

#include "store/s3/options.hpp"
#include "store/schemes.hpp"

namespace zg::store {

/// `versioned`: the bucket keeps versions, and what backup removes of unfinished archives is to be
/// removed with all of them.
AccessPolicies s3_policies(const S3Options& options, bool versioned);

}  // namespace zg::store
