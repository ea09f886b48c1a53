// Puts an S3 store together: settings, credentials, connections.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "store/open.hpp"
#include "store/s3/options.hpp"
#include "store/store.hpp"

namespace zg::store {

/// Opens the store by `options` and the AWS settings of the environment, with retries. Sends no
/// request yet.
Result<std::unique_ptr<Store>> open_s3_store(S3Options options, const OpenContext& context);

}  // namespace zg::store
