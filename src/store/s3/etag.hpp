// The ETag of a multipart object, as Amazon and most others make it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "store/store.hpp"

namespace zg::store {

/// "<MD5 over the parts' MD5 digests>-<number of parts>" without quotes, from the ETags in the
/// parts' tags; nothing where those are no MD5 digests (SSE-KMS). Good for telling whether an
/// object is the one that was uploaded, not for proving its bytes. Source: S3 User Guide, "Checking
/// object integrity".
std::optional<std::string> multipart_etag(std::span<const Part> parts);

}  // namespace zg::store
