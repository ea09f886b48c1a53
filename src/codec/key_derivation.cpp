#include "codec/key_derivation.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/openssl.hpp"
#include "codec/secret_bytes.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {

namespace {

/// OpenSSL takes data that it only reads by a non-const pointer.
OSSL_PARAM octets(const char* name, Bytes bytes) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::byte*>(bytes.data()),
                                             bytes.size());
}

/// Nothing if the derivation failed.
Result<std::optional<SecretBytes<32>>> derive(const char* algorithm,
                                              std::vector<OSSL_PARAM> parameters) {
    const std::unique_ptr<EVP_KDF, FreeWith<EVP_KDF_free>> kdf{
        EVP_KDF_fetch(nullptr, algorithm, nullptr)};
    if (!kdf) return openssl_lacks(algorithm);
    const std::unique_ptr<EVP_KDF_CTX, FreeWith<EVP_KDF_CTX_free>> context{
        EVP_KDF_CTX_new(kdf.get())};
    parameters.push_back(OSSL_PARAM_construct_end());
    SecretBytes<32> key;
    if (!context || EVP_KDF_derive(context.get(), openssl_bytes(MutableBytes(key.fill())),
                                   key.fill().size(), parameters.data()) != 1)
        return std::nullopt;
    return key;
}

}  // namespace

Result<SecretBytes<32>> hkdf_sha256(Bytes secret, Bytes salt, std::string_view info) {
    std::string digest = "SHA256";
    std::vector<OSSL_PARAM> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        octets(OSSL_KDF_PARAM_KEY, secret), octets(OSSL_KDF_PARAM_INFO, as_bytes(info))};
    if (!salt.empty()) parameters.push_back(octets(OSSL_KDF_PARAM_SALT, salt));
    ZG_TRY(const auto key, derive("HKDF", std::move(parameters)));
    if (!key) return openssl_failed("HKDF");
    return *key;
}

Result<Sha256Digest> hmac_sha256(const SecretBytes<32>& key, Bytes text) {
    Sha256Digest mac;
    std::size_t size = 0;
    if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.reveal().data(),
                  key.reveal().size(), openssl_bytes(text), text.size(),
                  openssl_bytes(MutableBytes(mac.bytes)), mac.bytes.size(), &size) == nullptr ||
        size != mac.bytes.size())
        return openssl_failed("HMAC");
    return mac;
}

Result<SecretBytes<32>> scrypt(const Secret& passphrase, Bytes salt, unsigned work_factor) {
    if (work_factor < 1 || work_factor > 30)
        return fail({.kind = ErrorKind::internal, .what = "invalid work factor of scrypt"});
    std::uint64_t n = std::uint64_t{1} << work_factor;
    std::uint32_t r = 8;
    std::uint32_t p = 1;
    // 128 * r * N bytes and a little more; without this limit OpenSSL stops at 32 MiB.
    std::uint64_t memory = 1024 * n + (std::uint64_t{1} << 20U);
    ZG_TRY(const auto key,
           derive("SCRYPT", {octets(OSSL_KDF_PARAM_PASSWORD, as_bytes(passphrase.reveal())),
                             octets(OSSL_KDF_PARAM_SALT, salt),
                             OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
                             OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
                             OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
                             OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory)}));
    if (key) return *key;
    Error error = openssl_failed("scrypt").error();
    error.kind = ErrorKind::unavailable;
    error.hint = "a passphrase of work factor " + std::to_string(work_factor) + " takes " +
                 std::to_string(n >> 10U) + " MiB of memory: make sure that they are free";
    return fail(std::move(error));
}

bool equal_in_constant_time(Bytes one, Bytes other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace zg::codec
