// A JSON record that proves itself: its last member, "sha256", is the digest of all the text before
// it.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg::catalog {

/// `object`, the text of a JSON object with at least one member, with the member "sha256" as its
/// last: the SHA-256 of every byte before that member.
std::string with_self_digest(std::string object);

/// True if `text` ends with such a member and it is right, false if it does not end with one.
/// damage if it is wrong.
Result<bool> check_self_digest(Bytes text, std::string_view what);

}  // namespace zg::catalog
