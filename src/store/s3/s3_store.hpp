// The store in an S3 bucket.
//
// - hot objects, `<prefix>/<name>`: class STANDARD, by PutObject
// - segments, `<prefix>/<name>`: the URL's class, by multipart upload
//
// No other key of the bucket is ever read, listed or written.
#pragma once

#include <memory>

#include "aws/s3/s3.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/s3/options.hpp"
#include "store/store.hpp"

namespace zg::store {

/// The store over `bucket`, which it owns. Clock and log outlive it. Sends no request before the
/// first call.
std::unique_ptr<Store> make_s3_store(S3Options options, std::unique_ptr<aws::S3> bucket,
                                     Clock& clock, Log& log);

}  // namespace zg::store
