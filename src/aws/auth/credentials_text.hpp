// Parses the answers of credential sources: JSON and times; makes text safe for messages.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace zg::aws {

using Members = std::map<std::string, std::string, std::less<>>;

/// The strings and integers among the members of a JSON object; nothing if `text` is not a JSON
/// object.
std::optional<Members> json_members(std::string_view text);

/// Credentials from AccessKeyId, SecretAccessKey, the member named `token` and Expiration; the last
/// two may be missing. usage if a member is invalid; the error shows no value of `members`.
Result<Credentials> credentials_of(const Members& members, std::string_view token,
                                   const std::string& where);

/// "2026-11-23T02:00:00Z", also with a fraction of a second (left out) or another zone: "+01:00".
std::optional<TimePoint> parse_expiration(std::string_view text);

/// `text` as one line of a message: secrets replaced by asterisks, control characters by blanks,
/// and limited to a few hundred bytes.
std::string safe_text(std::string_view text, const std::vector<const Secret*>& secrets);

/// `error` with the hint, unless it has one.
Error with_hint(Error error, std::string hint);

}  // namespace zg::aws
