// Puts an S3 store together: settings, credentials, connections.
#pragma once

#include <memory>

#include "store/open.hpp"
#include "store/s3/options.hpp"

namespace zg::store {

/// The store that `options` and the AWS settings of the environment name, with retries. Nothing is
/// asked of the server yet.
Result<std::unique_ptr<Store>> open_s3_store(S3Options options, const OpenContext& context);

}  // namespace zg::store
