// The errors of reading an age file.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace zg::codec {

/// Kind damage: the header violates the format, or was changed.
inline std::unexpected<Error> bad_age_header(std::string cause) {
    return fail({.kind = ErrorKind::damage,
                 .what = "the header of the age file is damaged",
                 .cause = std::move(cause)});
}

/// Kind damage: the payload was changed, truncated or extended.
inline std::unexpected<Error> bad_age_payload(std::string cause) {
    return fail({.kind = ErrorKind::damage,
                 .what = "the payload of the age file is damaged",
                 .cause = std::move(cause)});
}

/// Kind refused, as for any wrong credentials: the header may be good, but the given keys do not
/// open it.
inline std::unexpected<Error> no_age_key(std::string what, std::string hint) {
    return fail({.kind = ErrorKind::refused, .what = std::move(what), .hint = std::move(hint)});
}

}  // namespace zg::codec
