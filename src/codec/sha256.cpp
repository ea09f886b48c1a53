#include "codec/sha256.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "codec/hex.hpp"

namespace zg::codec {

std::string Sha256Digest::hex() const { return codec::hex(bytes); }

std::optional<Sha256Digest> Sha256Digest::from_hex(std::string_view text) {
    const auto raw = unhex(text);
    Sha256Digest digest;
    if (!raw || raw->size() != digest.bytes.size()) return std::nullopt;
    std::copy(raw->begin(), raw->end(), digest.bytes.begin());
    return digest;
}

// EVP calls on a context for SHA-256 fail only if memory runs out, like operator new.
struct Sha256::State {
    struct Free {
        void operator()(EVP_MD_CTX* freed) const { EVP_MD_CTX_free(freed); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
    State() { reset(); }
    void reset() const { EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(Bytes bytes) {
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

Sha256Digest Sha256::finish() {
    Sha256Digest digest;
    EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(digest.bytes.data()),
                       nullptr);
    state_->reset();
    return digest;
}

Sha256Digest sha256(Bytes bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

Sha256Digest composite_sha256(std::span<const Sha256Digest> parts) {
    Sha256 hash;
    for (const Sha256Digest& part : parts) hash.update(part.bytes);
    return hash.finish();
}

}  // namespace zg::codec
