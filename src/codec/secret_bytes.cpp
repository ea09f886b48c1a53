#include "codec/secret_bytes.hpp"

#include <openssl/crypto.h>

#include "base/bytes.hpp"

namespace zg::codec {

void wipe(MutableBytes bytes) { OPENSSL_cleanse(bytes.data(), bytes.size()); }

}  // namespace zg::codec
