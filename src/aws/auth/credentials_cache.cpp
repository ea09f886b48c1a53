#include "aws/auth/credentials_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace zg::aws {

namespace {

using std::chrono::seconds;

constexpr seconds longest_margin = std::chrono::minutes(15);
constexpr seconds longest_pause = std::chrono::minutes(1);

/// At least a second, the clock's resolution: with less, the last renewal would come after the
/// credentials have expired.
seconds margin_of(seconds life) { return std::max(seconds(1), std::min(longest_margin, life / 5)); }

bool has_stray_bytes(const std::string& text) {
    return std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~'; });
}

/// Key and token become part of a header. A copy into a file or variable may have left a line feed
/// at the end.
Result<void> check(const Credentials& credentials, TimePoint now, const std::string& source) {
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "the access key is incomplete",
                     .where = source,
                     .hint = "give both the access key id and the secret access key"});
    if (has_stray_bytes(credentials.access_key_id) ||
        has_stray_bytes(credentials.secret_access_key.reveal()) ||
        has_stray_bytes(credentials.session_token.reveal()))
        return fail(
            {.kind = ErrorKind::usage,
             .what = "the access key or token contains a blank or another invalid character",
             .where = source,
             .hint = "copy the keys again, without quotes, blanks and line feeds"});
    if (credentials.expires && *credentials.expires <= now)
        return fail({.kind = ErrorKind::refused,
                     .what = fmt::format("the credentials expired at {}, and it is {} now",
                                         rfc3339_utc(*credentials.expires), rfc3339_utc(now)),
                     .where = source,
                     .hint = "get new ones; if the time is wrong, set the machine's clock"});
    return {};
}

}  // namespace

CredentialsCache::CredentialsCache(std::unique_ptr<CredentialSource> source, Clock& clock,
                                   Lasting lasting)
    : source_(std::move(source)), clock_(clock), lasting_(lasting) {}

Result<Credentials> CredentialsCache::get() {
    const std::lock_guard guard(mutex_);
    if (good_enough()) return *held_;
    auto fresh = fetch();
    if (fresh) {
        held_ = *fresh;
        renew_when_left_ = fresh->expires ? margin_of(*fresh->expires - clock_.now()) : seconds(0);
        ask_not_before_ = {};
        return fresh;
    }
    if (!still_valid()) {
        held_.reset();
        return fresh;
    }
    // If the source is down for an hour, it must not delay every request of that hour.
    ask_not_before_ =
        clock_.monotonic() + std::min(longest_pause, (*held_->expires - clock_.now()) / 5);
    return *held_;
}

void CredentialsCache::refused(const Credentials& used) {
    const std::lock_guard guard(mutex_);
    if (held_ && held_->access_key_id == used.access_key_id &&
        held_->secret_access_key.reveal() == used.secret_access_key.reveal() &&
        held_->session_token.reveal() == used.session_token.reveal())
        held_.reset();
}

Result<Credentials> CredentialsCache::fetch() {
    ZG_TRY(Credentials fresh, source_->fetch());
    ZG_CHECK(check(fresh, clock_.now(), source_->name()));
    return fresh;
}

bool CredentialsCache::good_enough() const {
    if (!held_) return false;
    if (!held_->expires) return lasting_ == Lasting::keep;
    if (*held_->expires - clock_.now() > renew_when_left_) return true;
    return still_valid() && clock_.monotonic() < ask_not_before_;
}

bool CredentialsCache::still_valid() const {
    return held_ && held_->expires && clock_.now() < *held_->expires;
}

}  // namespace zg::aws
