// Archive ids: "<UTC time>-<8 hexadecimal digits>", for example "20261123T020000Z-7f3a9c21".
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace zg::catalog {

/// Who may write an archive: one host and dataset. The eight digits of the archive id come from it,
/// so that a later run knows its own unfinished archives from those that another host is writing
/// this minute, though no local record is left. They are the first 32 bits of SHA-256("zglacier
/// owner" \0 store id \0 machine id \0 dataset); the dataset cannot be found out from them.
std::string owner_tag(std::string_view store_id, std::string_view machine_id,
                      std::string_view dataset);

std::string make_archive_id(TimePoint time, std::string_view tag);
/// True for the form of compact_utc(), "20261123T020000Z".
bool is_compact_utc(std::string_view text);
bool is_archive_id(std::string_view text);
/// The eight digits of an archive id.
std::string_view tag_of(std::string_view archive_id);

}  // namespace zg::catalog
