#include "catalog/self_digest.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace zg::catalog {

namespace {

constexpr std::string_view before_digest = " \"sha256\": \"";
constexpr std::string_view after_digest = "\"\n}\n";
constexpr std::size_t digits = 64;
constexpr std::size_t whole_member = before_digest.size() + digits + after_digest.size();

}  // namespace

std::string with_self_digest(std::string object) {
    object.resize(object.find_last_of('}'));
    object.resize(object.find_last_not_of(" \n") + 1);
    object += ",\n";
    const std::string digest = codec::sha256(as_bytes(object)).hex();
    return fmt::format("{}{}{}{}", object, before_digest, digest, after_digest);
}

Result<bool> check_self_digest(Bytes text, std::string_view what) {
    const std::string_view all = as_text(text);
    if (all.size() < whole_member) return false;
    const std::string_view member = all.substr(all.size() - whole_member);
    if (!member.starts_with(before_digest) || !member.ends_with(after_digest)) return false;
    if (member.substr(before_digest.size(), digits) ==
        codec::sha256(text.first(text.size() - whole_member)).hex())
        return true;
    return fail(
        {.kind = ErrorKind::damage,
         .what = fmt::format("{} was changed: its SHA-256 is not the one at its end", what)});
}

}  // namespace zg::catalog
