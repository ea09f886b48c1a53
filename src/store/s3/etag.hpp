// The ETag of a multipart object, as Amazon and most others compute it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "store/store.hpp"

namespace zg::store {

/// "<MD5 over the parts' MD5 digests>-<number of parts>" without quotes, from the ETags in the
/// parts' tags; nothing if those are not MD5 digests (SSE-KMS). Enough to recognize the object that
/// was uploaded, but not to prove its bytes. Source: S3 User Guide, "Checking object integrity".
std::optional<std::string> multipart_etag(std::span<const Part> parts);

}  // namespace zg::store
