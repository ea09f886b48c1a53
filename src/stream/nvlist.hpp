// Name-value lists in OpenZFS's native encoding, as far as resume tokens and BEGIN records use
// them: numbers, strings and flags. Source: nvpair.c of OpenZFS (nvs_native_*), sys/nvpair.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg::stream {

/// A DATA_TYPE_UINT64, a DATA_TYPE_STRING, or a DATA_TYPE_BOOLEAN, which is true if it is present.
using NvValue = std::variant<std::uint64_t, std::string, std::monostate>;
using NvPair = std::pair<std::string, NvValue>;

/// The pairs as a packed list, in the byte order of a little-endian machine.
Buffer pack_nvlist(const std::vector<NvPair>& pairs);

/// The list's pairs of those types, up to the first that holds a nested list; pairs of other types
/// are left out. Reads lists of either byte order. damage if it is not a valid list.
Result<std::vector<NvPair>> unpack_nvlist(Bytes packed);

/// `packed` with `pairs` before its own; if `packed` is empty, a new list. Only lists of a
/// little-endian machine; damage for any other.
Result<Buffer> prepend_to_nvlist(const std::vector<NvPair>& pairs, Bytes packed);

/// The number called `name`; nothing if there is none.
std::optional<std::uint64_t> nv_number(const std::vector<NvPair>& pairs, std::string_view name);
/// The string called `name`; empty if there is none.
std::string nv_text(const std::vector<NvPair>& pairs, std::string_view name);
/// Whether the flag called `name` is present.
bool nv_flag(const std::vector<NvPair>& pairs, std::string_view name);

}  // namespace zg::stream
