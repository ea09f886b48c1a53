// What is read from a store may be anything. What parses must be written back, and read again, as the same.
#include <cstdlib>

#include "catalog/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const zg::Bytes text = std::as_bytes(std::span(data, size));
    if (const auto manifest = zg::catalog::parse_manifest(text)) {
        const std::string written = zg::catalog::to_json(*manifest);
        const auto again = zg::catalog::parse_manifest(zg::as_bytes(written));
        if (!again || zg::catalog::to_json(*again) != written) std::abort();
    }
    if (const auto record = zg::catalog::parse_store_record(text)) {
        const auto again = zg::catalog::parse_store_record(zg::as_bytes(zg::catalog::to_json(*record)));
        if (!again || again->id != record->id) std::abort();
    }
    return 0;
}
