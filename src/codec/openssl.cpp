#include "codec/openssl.hpp"

#include <openssl/err.h>

#include <expected>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace zg::codec {

namespace {

std::string last_error() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    // Errors left in the queue would be mistaken for the failure of a later call.
    ERR_clear_error();
    return reason == nullptr ? std::string() : std::string(reason);
}

}  // namespace

std::unexpected<Error> openssl_lacks(std::string algorithm) {
    return fail({.kind = ErrorKind::unsupported,
                 .what = "OpenSSL on this machine has no " + std::move(algorithm),
                 .cause = last_error(),
                 .hint = "configure OpenSSL (openssl.cnf) to load the default provider"});
}

std::unexpected<Error> openssl_failed(std::string what) {
    return fail({.kind = ErrorKind::internal,
                 .what = std::move(what) + " failed in OpenSSL",
                 .cause = last_error()});
}

}  // namespace zg::codec
