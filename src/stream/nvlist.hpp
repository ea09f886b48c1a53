// Name-value lists in OpenZFS's native encoding, as far as resume tokens and BEGIN records use
// them: numbers, texts and flags. Source: nvpair.c of OpenZFS (nvs_native_*), sys/nvpair.h.
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

/// A DATA_TYPE_UINT64, a DATA_TYPE_STRING, or a DATA_TYPE_BOOLEAN, which is true by being there.
using NvValue = std::variant<std::uint64_t, std::string, std::monostate>;
using NvPair = std::pair<std::string, NvValue>;

/// The pairs as a packed list, in the byte order of a little-endian machine.
Buffer pack_nvlist(const std::vector<NvPair>& pairs);

/// The list's pairs of those types, up to the first that holds a list of its own; others are left
/// out. Lists of either byte order. damage where it is no list.
Result<std::vector<NvPair>> unpack_nvlist(Bytes packed);

/// `packed` with `pairs` in front of its own; an empty one becomes a list. Only lists of a
/// little-endian machine; damage for any other.
Result<Buffer> prepend_to_nvlist(const std::vector<NvPair>& pairs, Bytes packed);

/// The number called `name`; nothing where there is none.
std::optional<std::uint64_t> nv_number(const std::vector<NvPair>& pairs, std::string_view name);
/// The text called `name`; empty where there is none.
std::string nv_text(const std::vector<NvPair>& pairs, std::string_view name);
/// Whether the flag called `name` is there.
bool nv_flag(const std::vector<NvPair>& pairs, std::string_view name);

}  // namespace zg::stream
