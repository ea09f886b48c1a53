// The names of objects in a vault: a vault has no names, only a description of at most 1,024
// printable ASCII characters for each archive. The descriptions of all archives, as listed in an
// inventory, are enough to know everything but the segments' bytes:
//
// - `zglacier/1 s NAME`: a segment
// - `zglacier/1 e NAME`: a segment of no bytes; its archive has one, since no archive is empty
// - `zglacier/1 a NAME ARCHIVE`: the archive of id ARCHIVE, which another program wrote, is the
//   segment NAME
// - `zglacier/1 h STAMP NUMBER/COUNT NAME TEXT`: a piece of a small object. TEXT, joined over all
//   pieces of one STAMP in order of NUMBER (from 1), is the base64 of one zstd frame of its
//   content. The highest complete STAMP of a name is its content.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg::store {

struct VaultMark {
    enum class Kind { segment, empty_segment, adopted, piece };
    Kind kind = Kind::segment;
    std::string name;
    /// of a piece: the same in all pieces of one content, higher in later ones
    std::uint64_t stamp = 0;
    std::uint32_t number = 0;  ///< of a piece, from 1
    std::uint32_t count = 0;
    std::string text{};     ///< of a piece
    std::string archive{};  ///< of an adopted one: Glacier's id of it
    bool operator==(const VaultMark&) const = default;
};

std::string describe(const VaultMark& mark);
/// Nothing for a description that is not one of ours.
std::optional<VaultMark> parse_description(std::string_view description);

/// The pieces that hold `content`.
Result<std::vector<VaultMark>> make_pieces(const std::string& name, std::uint64_t stamp,
                                           Bytes content);
/// The content of a complete set of pieces, in order; damage if they hold none.
Result<Buffer> join_pieces(const std::vector<VaultMark>& pieces);

}  // namespace zg::store
