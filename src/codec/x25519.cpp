#include "codec/x25519.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <cstddef>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/openssl.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

namespace {

using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;

Result<Key> private_key(const X25519Secret& secret) {
    Key key{EVP_PKEY_new_raw_private_key_ex(
        nullptr, "X25519", nullptr, openssl_bytes(Bytes(secret.reveal())), secret.reveal().size())};
    if (!key) return openssl_lacks("X25519");
    return key;
}

}  // namespace

Result<X25519Point> x25519_public(const X25519Secret& secret) {
    ZG_TRY(const Key key, private_key(secret));
    X25519Point point{};
    std::size_t size = point.size();
    if (EVP_PKEY_get_raw_public_key(key.get(), openssl_bytes(MutableBytes(point)), &size) != 1 ||
        size != point.size())
        return openssl_failed("X25519");
    return point;
}

Result<std::optional<SecretBytes<32>>> x25519_shared(const X25519Secret& secret,
                                                     const X25519Point& point) {
    ZG_TRY(const Key key, private_key(secret));
    const Key peer{EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr,
                                                  openssl_bytes(Bytes(point)), point.size())};
    const std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>> context{
        EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
    if (!peer || !context || EVP_PKEY_derive_init(context.get()) != 1 ||
        EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1)
        return openssl_failed("X25519");
    SecretBytes<32> shared;
    std::size_t size = shared.fill().size();
    // OpenSSL refuses a shared secret that is all zero, and nothing else here.
    if (EVP_PKEY_derive(context.get(), openssl_bytes(MutableBytes(shared.fill())), &size) != 1) {
        ERR_clear_error();
        return std::nullopt;
    }
    if (size != shared.fill().size()) return openssl_failed("X25519");
    return shared;
}

}  // namespace zg::codec
