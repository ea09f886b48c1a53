#include "store/s3/etag.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "codec/hex.hpp"
#include "store/store.hpp"

namespace zg::store {

std::optional<std::string> multipart_etag(std::span<const Part> parts) {
    Buffer digests;
    for (const Part& part : parts) {
        std::string_view tag = part.tag;
        if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"')
            tag = tag.substr(1, tag.size() - 2);
        const auto digest = codec::unhex(tag);
        if (!digest || digest->size() != 16) return std::nullopt;
        digests.insert(digests.end(), digest->begin(), digest->end());
    }
    std::array<std::byte, EVP_MAX_MD_SIZE> whole{};
    unsigned size = 0;
    if (EVP_Digest(digests.data(), digests.size(), reinterpret_cast<unsigned char*>(whole.data()),
                   &size, EVP_md5(), nullptr) != 1)
        return std::nullopt;
    return fmt::format("{}-{}", codec::hex(Bytes(whole).first(size)), parts.size());
}

}  // namespace zg::store
