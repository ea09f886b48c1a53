#include "codec/age/scrypt.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/error.hpp"
#include "codec/age/file_key.hpp"
#include "codec/age/header.hpp"
#include "codec/base64.hpp"
#include "codec/key_derivation.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

namespace {

constexpr std::string_view stanza_type = "scrypt";
constexpr std::size_t salt_size = 16;
constexpr unsigned highest_work_factor = 30;

Result<SecretBytes<32>> derive_wrap_key(const Secret& passphrase, Bytes salt,
                                        unsigned work_factor) {
    Buffer labelled = to_buffer("age-encryption.org/v1/scrypt");
    labelled.insert(labelled.end(), salt.begin(), salt.end());
    return scrypt(passphrase, labelled, work_factor);
}

/// A decimal number of at least 1, without leading zeros; a number that is too large counts as
/// above every limit.
Result<unsigned> parse_work_factor(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    // from_chars would accept a leading zero; it does not accept signs for an unsigned number.
    if (text.starts_with('0') || end != text.data() + text.size() ||
        error == std::errc::invalid_argument)
        return bad_age_header("a scrypt stanza has a work factor in decimal");
    return error == std::errc::result_out_of_range ? ~0U : value;
}

}  // namespace

bool is_age_scrypt(const AgeStanza& stanza) { return stanza.arguments.front() == stanza_type; }

Result<AgeStanza> wrap_with_passphrase(const Secret& passphrase, unsigned work_factor,
                                       const AgeFileKey& file_key, Random& random) {
    if (passphrase.empty())
        return fail({.kind = ErrorKind::usage, .what = "an empty passphrase protects nothing"});
    if (work_factor < 1 || work_factor > highest_work_factor)
        return fail(
            {.kind = ErrorKind::usage, .what = "the work factor of a passphrase must be 1 to 30"});
    Buffer salt(salt_size);
    random.fill(salt);
    ZG_TRY(const auto wrap_key, derive_wrap_key(passphrase, salt, work_factor));
    ZG_TRY(Buffer body, wrap_age_file_key(wrap_key, file_key));
    return AgeStanza{
        .arguments = {std::string(stanza_type), base64_unpadded(salt), std::to_string(work_factor)},
        .body = std::move(body)};
}

Result<std::optional<AgeFileKey>> unwrap_with_passphrase(const Secret& passphrase, unsigned limit,
                                                         const AgeStanza& stanza) {
    if (stanza.arguments.size() != 3) return bad_age_header("a scrypt stanza has three arguments");
    const auto salt = from_base64_unpadded(stanza.arguments[1]);
    if (!salt || salt->size() != salt_size)
        return bad_age_header("a scrypt stanza has a salt of 16 bytes");
    ZG_TRY(const unsigned work_factor, parse_work_factor(stanza.arguments[2]));
    if (stanza.body.size() != age_wrapped_size)
        return bad_age_header("a scrypt stanza has a body of 32 bytes");
    limit = std::min(limit, highest_work_factor);
    if (work_factor > limit)
        return fail({.kind = ErrorKind::unsupported,
                     .what = "the passphrase of this age file needs more work than allowed",
                     .cause = "work factor " + stanza.arguments[2].substr(0, 10) +
                              ", allowed up to " + std::to_string(limit),
                     .hint = "a file made by someone else may be meant to keep this machine busy"});
    ZG_TRY(const auto wrap_key, derive_wrap_key(passphrase, *salt, work_factor));
    return unwrap_age_file_key(wrap_key, stanza.body);
}

}  // namespace zg::codec
