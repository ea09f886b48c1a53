// Where a receive that stopped in the middle of an archive is resumed.
#pragma once

#include <cstdint>
#include <string>

#include "archive/read/fetch.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "stream/checkpoint.hpp"
#include "stream/resume_token.hpp"

namespace zg::ops {

/// A place in an archive, from the target's resume token and the manifest.
struct ReceivePoint {
    std::string token;          ///< the target's resume token
    stream::ResumePoint at;     ///< where zfs receive stopped
    archive::FetchStart fetch;  ///< the segment that holds that place
    [[nodiscard]] std::uint64_t position() const {
        return fetch.place ? fetch.place->position : 0;
    }  ///< stream offset of that segment, bytes
};

/// Whether a receive of the archive can be resumed: its stream supports that, and the manifest has
/// the necessary data.
bool can_resume(const catalog::Manifest& archive);

/// Whether the token is of a receive between the archive's snapshots.
bool is_of(const catalog::Manifest& archive, const stream::ResumeToken& token);

/// Where the archive is resumed by this token, for which is_of() is true. unsupported, with the
/// reason, if it cannot be: it was sent with other flags, does not have this place, or
/// !can_resume().
Result<ReceivePoint> find_receive_point(const catalog::Manifest& archive, const std::string& text,
                                        const stream::ResumeToken& token);

}  // namespace zg::ops
