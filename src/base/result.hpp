// Errors as values. Every function that can fail returns Result<T>; no exception crosses a layer.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace zg {

/// The kind of a failure, which decides the exit code and whether a retry can help (see
/// is_retryable()).
enum class ErrorKind {
    usage,        ///< wrong command line, configuration or store URL
    not_found,    ///< no such archive, segment, snapshot, dataset or store record
    refused,      ///< refused by the store or for the credentials (permission, read-only)
    locked,       ///< another run holds the lock
    damage,       ///< stored data or a stream is corrupt
    cold,         ///< a segment must be thawed before it can be read
    conflict,     ///< the object exists already, or the target is not in the required state
    full,         ///< no space left (disk, quota)
    unavailable,  ///< transient: busy, timeout, connection cut
    io,           ///< an operating-system call failed
    zfs,          ///< a zfs command failed
    unsupported,  ///< this ZFS, store or version of zglacier cannot do that
    internal,     ///< a bug in zglacier
};

/// The kind's stable name, as in `--json` output ("not_found").
std::string_view kind_name(ErrorKind kind);

/// Whether the same call may succeed later without any change.
bool is_retryable(ErrorKind kind);

/// A failure. `what` says what could not be done, `where` is the dataset, object or file, `cause`
/// the message of the lower layer, `hint` what to do next; the last three may be empty.
struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string what;
    std::string where{};
    std::string cause{};
    std::string hint{};

    /// "where: what: cause", without the parts that are empty.
    [[nodiscard]] std::string message() const;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

/// An Error of kind full, refused, not_found or io, depending on `errno_value`.
Error errno_error(int errno_value, std::string what, std::string where);

}  // namespace zg

#define ZG_CONCAT_INNER(a, b) a##b
#define ZG_CONCAT(a, b) ZG_CONCAT_INNER(a, b)
#define ZG_TRY_INNER(tmp, decl, ...)                                     \
    auto tmp = (__VA_ARGS__);                                            \
    if (!tmp) return std::unexpected<zg::Error>(std::move(tmp).error()); \
    decl = *std::move(tmp)
/// `ZG_TRY(auto x, f());` sets x to the value of the Result of f(), or returns its error.
#define ZG_TRY(decl, ...) ZG_TRY_INNER(ZG_CONCAT(zg_result_, __LINE__), decl, __VA_ARGS__)
/// `ZG_CHECK(f());` returns the error of the Result of f(), if it has one.
#define ZG_CHECK(...)                                                         \
    do {                                                                      \
        if (auto zg_checked = (__VA_ARGS__); !zg_checked)                     \
            return std::unexpected<zg::Error>(std::move(zg_checked).error()); \
    } while (false)
