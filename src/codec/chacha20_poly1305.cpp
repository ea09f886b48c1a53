#include "codec/chacha20_poly1305.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/openssl.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

namespace {

using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;

// EVP counts in int.
constexpr std::size_t size_max = std::size_t{1} << 30U;

bool sizes_fit(std::size_t plaintext, std::size_t sealed) {
    return plaintext <= size_max && sealed == plaintext + ChaCha20Poly1305::tag_size;
}

std::unexpected<Error> wrong_sizes() {
    return fail({.kind = ErrorKind::internal,
                 .what = "ChaCha20-Poly1305: the sizes of the buffers do not match"});
}

}  // namespace

// Looking up the cipher takes a lock inside OpenSSL, so it is done once. Each call makes its own
// context, so that calls share nothing mutable: this takes a fiftieth of the time for sealing 64
// KiB (0.4 of 18 microseconds).
struct ChaCha20Poly1305::State {
    std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>> cipher;
    Key key;
};

Result<ChaCha20Poly1305> ChaCha20Poly1305::make(const Key& key) {
    std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>> cipher{
        EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr)};
    if (!cipher) return openssl_lacks("ChaCha20-Poly1305");
    return ChaCha20Poly1305(std::unique_ptr<const State>(new State{std::move(cipher), key}));
}

ChaCha20Poly1305::ChaCha20Poly1305(std::unique_ptr<const State> state) : state_(std::move(state)) {}
ChaCha20Poly1305::~ChaCha20Poly1305() = default;
ChaCha20Poly1305::ChaCha20Poly1305(ChaCha20Poly1305&&) noexcept = default;
ChaCha20Poly1305& ChaCha20Poly1305::operator=(ChaCha20Poly1305&&) noexcept = default;

Result<void> ChaCha20Poly1305::seal(const Nonce& nonce, Bytes plaintext, MutableBytes out) const {
    if (!sizes_fit(plaintext.size(), out.size())) return wrong_sizes();
    const Context context{EVP_CIPHER_CTX_new()};
    int size = 0;
    int rest = 0;
    const bool done =
        context &&
        EVP_EncryptInit_ex2(context.get(), state_->cipher.get(),
                            openssl_bytes(state_->key.reveal()), openssl_bytes(Bytes(nonce)),
                            nullptr) == 1 &&
        EVP_EncryptUpdate(context.get(), openssl_bytes(out), &size, openssl_bytes(plaintext),
                          static_cast<int>(plaintext.size())) == 1 &&
        EVP_EncryptFinal_ex(context.get(), openssl_bytes(out) + size, &rest) == 1 &&
        static_cast<std::size_t>(size) + static_cast<std::size_t>(rest) == plaintext.size() &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_size),
                            out.last(tag_size).data()) == 1;
    if (!done) return openssl_failed("encrypting with ChaCha20-Poly1305");
    return {};
}

Result<bool> ChaCha20Poly1305::open(const Nonce& nonce, Bytes sealed, MutableBytes out) const {
    if (!sizes_fit(out.size(), sealed.size())) return wrong_sizes();
    const Context context{EVP_CIPHER_CTX_new()};
    int size = 0;
    int rest = 0;
    // OpenSSL takes the tag by a non-const pointer, but does not change it.
    void* tag = const_cast<std::byte*>(sealed.last(tag_size).data());
    const bool done = context &&
                      EVP_DecryptInit_ex2(context.get(), state_->cipher.get(),
                                          openssl_bytes(state_->key.reveal()),
                                          openssl_bytes(Bytes(nonce)), nullptr) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG,
                                          static_cast<int>(tag_size), tag) == 1 &&
                      EVP_DecryptUpdate(context.get(), openssl_bytes(out), &size,
                                        openssl_bytes(sealed), static_cast<int>(out.size())) == 1;
    if (!done) {
        wipe(out);
        return openssl_failed("decrypting with ChaCha20-Poly1305");
    }
    if (EVP_DecryptFinal_ex(context.get(), openssl_bytes(out) + size, &rest) == 1) return true;
    ERR_clear_error();
    wipe(out);
    return false;
}

}  // namespace zg::codec
