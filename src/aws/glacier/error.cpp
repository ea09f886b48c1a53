#include "aws/glacier/error.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "aws/auth/signed_http.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

constexpr std::string_view check_keys =
    "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile: `aws sts "
    "get-caller-identity` shows whose keys they are";
constexpr std::string_view again =
    "run the same command again later: it resumes, and nothing is lost";
constexpr std::string_view new_keys =
    "get new session credentials, or use a profile with role_arn or credential_process: those are "
    "renewed";

// Source: Amazon S3 Glacier Developer Guide, "Error Responses". Throttling is a 400 and a full
// expedited queue a 503: only the code distinguishes them.
constexpr KnownFailure known[] = {
    {"AccessDeniedException", ErrorKind::refused, "access denied",
     "the keys need the permission {0} on the vault; or the vault belongs to another account, or "
     "its lock denies this"},
    {"BadRequest", ErrorKind::usage, "the service refuses the request", ""},
    {"ExpiredTokenException", ErrorKind::refused, "the session token has expired", new_keys},
    {"ExpiredToken", ErrorKind::refused, "the session token has expired", new_keys},
    {"IncompleteSignature", ErrorKind::refused, "the service cannot read the signature",
     check_keys},
    {"InsufficientCapacityException", ErrorKind::unavailable,
     "Amazon has no capacity for expedited retrievals at the moment", "use --tier standard"},
    {"InvalidParameterValueException", ErrorKind::usage, "the service refuses an argument", ""},
    {"InvalidSignatureException", ErrorKind::refused,
     "the secret key or this machine's clock is wrong", check_keys},
    {"LimitExceededException", ErrorKind::full, "a limit of the account is reached",
     "an account can have 1,000 vaults in a region and a vault 50 tags; see also what the service "
     "said"},
    {"MissingAuthenticationTokenException", ErrorKind::refused, "the request is not signed",
     check_keys},
    {"MissingParameterValueException", ErrorKind::usage, "the service requires another argument",
     ""},
    {"NoLongerSupportedException", ErrorKind::refused,
     "Amazon no longer accepts new customers for Glacier vaults, and this account has none",
     "use S3's cold class instead: --store 's3://BUCKET/PREFIX?class=DEEP_ARCHIVE'; it costs less, "
     "too"},
    {"PolicyEnforcedException", ErrorKind::refused,
     "the account's data-retrieval policy does not allow it",
     "`zglacier vault retrieval-policy show` shows it; wait an hour, or raise its limit"},
    {"RequestTimeoutException", ErrorKind::unavailable, "the connection stalled", again},
    {"ResourceNotFoundException", ErrorKind::not_found,
     "there is no such vault, archive, upload or job", ""},
    {"SerializationException", ErrorKind::internal, "the service cannot read the request", ""},
    {"ServiceUnavailableException", ErrorKind::unavailable, "the service is not available", again},
    {"ThrottlingException", ErrorKind::unavailable, "the service asks to slow down", again},
    {"TooManyRequestsException", ErrorKind::unavailable, "the service asks to slow down", again},
    {"UnrecognizedClientException", ErrorKind::refused, "the access key does not exist",
     check_keys},
};

KnownFailure by_status(int status) {
    switch (status) {
        case 403:
            return {"", ErrorKind::refused, "access denied", "the keys need the permission {0}"};
        case 404:
            return {"", ErrorKind::not_found, "there is no such vault, archive, upload or job", ""};
        case 408:
        case 429:
            return {"", ErrorKind::unavailable, "the service is too busy", again};
        default:
            break;
    }
    if (status >= 500) return {"", ErrorKind::unavailable, "the service is not available", again};
    return {"", ErrorKind::refused, "the server refuses the request",
            "is this the endpoint of the Glacier service?"};
}

KnownFailure entry_of(const Failure& failure) {
    // One code for many errors; here, the bytes received differ from those sent.
    const bool hash = failure.message.find("hash") != std::string::npos ||
                      failure.message.find("Checksum") != std::string::npos ||
                      failure.message.find("checksum") != std::string::npos;
    if (failure.code == "InvalidParameterValueException" && hash)
        return {"", ErrorKind::damage, "the data was changed in transit to the store", again};
    if (failure.code == "InvalidParameterValueException" &&
        failure.message.find("Vault not empty") != std::string::npos)
        return {"", ErrorKind::conflict, "the vault is not empty, or was not at its last inventory",
                "remove its archives, and try again a day later"};
    const auto* found = std::ranges::find(known, failure.code, &KnownFailure::code);
    return found != std::end(known) ? *found : by_status(failure.status);
}

}  // namespace

Failure read_glacier_failure(const net::Response& response) {
    Failure failure{.status = response.status};
    const auto json = nlohmann::json::parse(as_text(response.body), nullptr, false);
    if (json.is_object()) {
        const auto text = [&](const char* name) {
            const auto found = json.find(name);
            return found != json.end() && found->is_string() ? shown(found->get<std::string>())
                                                             : std::string();
        };
        failure.code = text("code");
        failure.message = text("message");
    }
    if (const auto type = net::find_header(response.headers, "x-amzn-ErrorType");
        type && failure.code.empty())
        failure.code = shown(type->substr(0, type->find(':')));
    if (const auto id = net::find_header(response.headers, "x-amzn-RequestId"))
        failure.request_id = shown(*id);
    return failure;
}

Error glacier_error(const Failure& failure, const std::string& action, std::string where) {
    return error_of(failure, entry_of(failure), action, std::move(where));
}

}  // namespace zg::aws
