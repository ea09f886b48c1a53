#include "stream/record.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace zg::stream {

std::string_view record_type_name(RecordType type) {
    static constexpr std::array<std::string_view, record_type_count> names{
        "BEGIN",       "OBJECT", "FREEOBJECTS",    "WRITE",        "FREE",  "END",
        "WRITE_BYREF", "SPILL",  "WRITE_EMBEDDED", "OBJECT_RANGE", "REDACT"};
    const auto index = static_cast<std::size_t>(type);
    return index < names.size() ? names[index] : "unknown";
}

}  // namespace zg::stream
