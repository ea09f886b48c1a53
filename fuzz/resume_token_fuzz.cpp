// A resume token comes from another program. A parsed token must be written back, and read again,
// as the same; reading a list must never go beyond its bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "stream/nvlist.hpp"
#include "stream/resume_token.hpp"

namespace {

namespace stream = zg::stream;

void check_token(std::string_view text) {
    const auto token = stream::parse_resume_token(text);
    if (!token) return;
    const auto again = stream::parse_resume_token(stream::resume_token_text(*token));
    if (!again || *again != *token) std::abort();
}

/// A list made from the parsed pairs is read as the same pairs, also if other pairs are put before
/// them.
void check_list(zg::Bytes packed) {
    const auto pairs = stream::unpack_nvlist(packed);
    if (!pairs) return;
    const auto again = stream::unpack_nvlist(stream::pack_nvlist(*pairs));
    if (!again || *again != *pairs) std::abort();
    const auto longer = stream::prepend_to_nvlist({{"resume_object", std::uint64_t{7}}}, packed);
    if (!longer) return;
    const auto more = stream::unpack_nvlist(*longer);
    if (!more || more->size() != pairs->size() + 1 ||
        stream::nv_number(*more, "resume_object") != 7U)
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const zg::Bytes input = std::as_bytes(std::span(data, size));
    if (size == 0) return 0;
    if (input.front() == std::byte{'1'})
        check_token(zg::as_text(input));
    else
        check_list(input);
    return 0;
}
