// Where a receive resumes that stopped in the middle of an archive.
#pragma once

#include "archive/read/fetch.hpp"
#include "stream/resume_token.hpp"

namespace zg::ops {

/// A place in an archive, as the target's resume token and the manifest give it.
struct ReceivePoint {
    std::string token;          ///< the target's, as it stands there
    stream::ResumePoint at;     ///< where zfs receive stopped
    archive::FetchStart fetch;  ///< the segment that holds that place
    [[nodiscard]] std::uint64_t position() const {
        return fetch.place ? fetch.place->position : 0;
    }  ///< stream offset of that segment, bytes
};

/// Whether a receive of the archive can be resumed: its stream can, and the manifest knows what
/// that takes.
bool can_resume(const catalog::Manifest& archive);

/// Whether the token is that of a receive from and to the archive's snapshots.
bool is_of(const catalog::Manifest& archive, const stream::ResumeToken& token);

/// Where the archive resumes by this token, which is_of() it. unsupported, with the reason, where
/// it cannot: it was sent with other flags, has no such place, or !can_resume().
Result<ReceivePoint> find_receive_point(const catalog::Manifest& archive, const std::string& text,
                                        const stream::ResumeToken& token);

}  // namespace zg::ops
