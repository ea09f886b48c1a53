#include "codec/age/file_key.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/age/error.hpp"
#include "codec/age/header.hpp"
#include "codec/chacha20_poly1305.hpp"
#include "codec/key_derivation.hpp"
#include "codec/secret_bytes.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {

namespace {

Result<Sha256Digest> header_mac(std::string_view before_mac, const AgeFileKey& file_key) {
    ZG_TRY(const auto key, hkdf_sha256(file_key.reveal(), {}, "header"));
    return hmac_sha256(key, as_bytes(before_mac));
}

}  // namespace

Result<Buffer> wrap_age_file_key(const SecretBytes<32>& wrap_key, const AgeFileKey& file_key) {
    ZG_TRY(const auto cipher, ChaCha20Poly1305::make(wrap_key));
    Buffer body(age_wrapped_size);
    ZG_CHECK(cipher.seal({}, file_key.reveal(), body));
    return body;
}

Result<std::optional<AgeFileKey>> unwrap_age_file_key(const SecretBytes<32>& wrap_key, Bytes body) {
    ZG_TRY(const auto cipher, ChaCha20Poly1305::make(wrap_key));
    AgeFileKey file_key;
    ZG_TRY(const bool fits, cipher.open({}, body, file_key.fill()));
    return fits ? std::optional(file_key) : std::nullopt;
}

Result<std::string> write_age_header(const std::vector<AgeStanza>& stanzas,
                                     const AgeFileKey& file_key) {
    std::string text = age_header_before_mac(stanzas);
    ZG_TRY(const auto mac, header_mac(text, file_key));
    return text += age_header_mac_text(mac);
}

Result<void> check_age_header(std::string_view header, const Sha256Digest& mac,
                              const AgeFileKey& file_key) {
    ZG_TRY(const auto right, header_mac(age_header_before_mac(header), file_key));
    if (!equal_in_constant_time(right.bytes, mac.bytes))
        return bad_age_header("its MAC does not match: it was changed");
    return {};
}

Result<SecretBytes<32>> age_payload_key(const AgeFileKey& file_key, Bytes nonce) {
    return hkdf_sha256(file_key.reveal(), nonce, "payload");
}

}  // namespace zg::codec
