#include "codec/base64.hpp"

#include <openssl/evp.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace zg::codec {

std::string base64(Bytes bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<Buffer> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    Buffer bytes(text.size() / 4 * 3);
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size != static_cast<int>(bytes.size())) return std::nullopt;
    // EVP_DecodeBlock counts the padding as zero bytes.
    if (text.ends_with("=")) bytes.resize(bytes.size() - (text.ends_with("==") ? 2 : 1));
    // It also accepts spaces, and nonzero bits under the padding.
    if (base64(bytes) != text) return std::nullopt;
    return bytes;
}

std::string base64_unpadded(Bytes bytes) {
    std::string text = base64(bytes);
    text.resize(text.find_last_not_of('=') + 1);
    return text;
}

std::optional<Buffer> from_base64_unpadded(std::string_view text) {
    if (text.ends_with('=')) return std::nullopt;
    return from_base64(std::string(text) + std::string((4 - text.size() % 4) % 4, '='));
}

}  // namespace zg::codec
