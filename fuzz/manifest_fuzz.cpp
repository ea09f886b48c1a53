// Data read from a store can be anything. A parsed manifest must be written back, and read again,
// as the same. A record ends with its digest, which would let no changed text pass: so each input
// is read unchanged, and with the correct digest.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "catalog/manifest.hpp"
#include "catalog/self_digest.hpp"
#include "catalog/store_record.hpp"
#include "catalog/tombstone.hpp"

namespace {

void read(zg::Bytes text) {
    if (const auto manifest = zg::catalog::parse_manifest(text)) {
        const std::string written = zg::catalog::to_json(*manifest);
        const auto again = zg::catalog::parse_manifest(zg::as_bytes(written));
        if (!again || zg::catalog::to_json(*again) != written) std::abort();
    }
    if (const auto record = zg::catalog::parse_store_record(text)) {
        const auto again =
            zg::catalog::parse_store_record(zg::as_bytes(zg::catalog::to_json(*record)));
        if (!again || again->id != record->id) std::abort();
    }
    if (const auto tombstone = zg::catalog::parse_tombstone(text)) {
        const auto again =
            zg::catalog::parse_tombstone(zg::as_bytes(zg::catalog::to_json(*tombstone)));
        if (!again || *again != *tombstone) std::abort();
    }
}

/// `text` without its last member, if that is a digest.
std::string_view without_digest(std::string_view text) {
    const std::size_t at = text.rfind(",\n \"sha256\": ");
    return text.substr(0, at);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const zg::Bytes text = std::as_bytes(std::span(data, size));
    read(text);
    std::string object(without_digest(zg::as_text(text)));
    object += "\n}\n";
    read(zg::as_bytes(zg::catalog::with_self_digest(object)));
    return 0;
}
