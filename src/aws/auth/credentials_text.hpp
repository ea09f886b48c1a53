// What the sources of credentials answer: JSON, times, and words that may stand in a message.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/auth/credentials.hpp"

namespace zg::aws {

using Members = std::map<std::string, std::string, std::less<>>;

/// The texts and whole numbers among the members of a JSON object; nothing where `text` is no JSON
/// object.
std::optional<Members> json_members(std::string_view text);

/// AccessKeyId, SecretAccessKey, the one named `token` and Expiration; the last two may be missing.
/// usage where it is not that; the error has nothing of what `members` say.
Result<Credentials> credentials_of(const Members& members, std::string_view token,
                                   const std::string& where);

/// "2026-11-23T02:00:00Z", also with a fraction of a second (left out) or another zone: "+01:00".
std::optional<TimePoint> parse_expiration(std::string_view text);

/// `text` as one line of a message: the secrets crossed out, control characters as blanks, and not
/// longer than a few hundred bytes.
std::string safe_words(std::string_view text, const std::vector<const Secret*>& secrets);

/// `error` with the hint, unless it has one.
Error with_hint(Error error, std::string hint);

}  // namespace zg::aws
