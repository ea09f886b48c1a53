// Resume tokens of zfs: the target's property receive_resume_token, and the argument of `zfs send
// -t`. Source: get_receive_resume_token_impl in dsl_dataset.c and zfs_send_resume_token_to_nvlist
// in libzfs_sendrecv.c of OpenZFS.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zg::stream {

struct ResumeToken {
    std::uint64_t object = 0;  ///< where to resume
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;  ///< of the stream so far; for estimates only
    std::uint64_t to_guid = 0;
    std::uint64_t from_guid = 0;  ///< 0: a full stream
    std::string to_name;          ///< "pool/fs@snapshot" of the sender
    bool large_blocks = false;    ///< -L
    bool embedded = false;        ///< -e
    bool compressed = false;      ///< -c
    bool raw = false;             ///< -w
    bool operator==(const ResumeToken&) const = default;
};

/// "1-<checksum>-<size>-<zlib stream>", all hexadecimal.
std::string resume_token_text(const ResumeToken& token);

/// damage if it is not a valid token; unsupported for a version other than 1. Ignores fields that a
/// later ZFS adds.
Result<ResumeToken> parse_resume_token(std::string_view text);

}  // namespace zg::stream
