#include "aws/s3/error.hpp"

#include <algorithm>
#include <iterator>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "aws/auth/signed_http.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

constexpr std::string_view check_bucket =
    "check the bucket's name and the endpoint; `aws s3 ls` lists the buckets, `aws s3 mb "
    "s3://NAME` creates one";
constexpr std::string_view check_keys =
    "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile: `aws sts "
    "get-caller-identity` shows whose keys they are";
constexpr std::string_view again =
    "run the same command again later: it resumes, and nothing is lost";

// Source: Amazon S3 API Reference, "Error responses"; those at the end come from S3-compatible
// servers.
constexpr KnownFailure known[] = {
    {"AccessDenied", ErrorKind::refused, "access denied",
     "the keys need the permission {0}: `zglacier policy` prints the minimal policy; or the bucket "
     "belongs to another account, or is locked"},
    {"AllAccessDisabled", ErrorKind::refused, "all access to the bucket is disabled",
     "ask the bucket's owner"},
    {"AccountProblem", ErrorKind::refused, "there is a problem with the AWS account",
     "the AWS console shows it"},
    {"InvalidAccessKeyId", ErrorKind::refused, "the access key does not exist", check_keys},
    {"SignatureDoesNotMatch", ErrorKind::refused, "the secret key is wrong", check_keys},
    {"InvalidToken", ErrorKind::refused, "the session token is wrong",
     "get new session credentials; AWS_SESSION_TOKEN must belong to the access key"},
    {"ExpiredToken", ErrorKind::refused, "the session token has expired",
     "get new session credentials, or use a profile with role_arn or credential_process: those are "
     "renewed"},
    {"ExpiredTokenException", ErrorKind::refused, "the session token has expired",
     "get new session credentials, or use a profile with role_arn or credential_process: those are "
     "renewed"},
    {"TokenRefreshRequired", ErrorKind::refused, "the session token must be renewed",
     "get new session credentials"},
    {"RequestTimeTooSkewed", ErrorKind::refused, "this machine's clock is too far off",
     "set the clock (timedatectl set-ntp true)"},
    {"AuthorizationHeaderMalformed", ErrorKind::usage, "the bucket is in another region",
     "name the bucket's region: region=REGION"},
    {"IllegalLocationConstraintException", ErrorKind::usage, "the bucket is in another region",
     "name the bucket's region: region=REGION"},
    {"TemporaryRedirect", ErrorKind::unavailable,
     "the bucket is so new that it is not known everywhere yet", again},
    {"PermanentRedirect", ErrorKind::usage, "the bucket is in another region",
     "name the bucket's region: region=REGION; `aws s3api get-bucket-location` shows it"},
    {"NoSuchBucket", ErrorKind::usage, "there is no such bucket", check_bucket},
    {"InvalidBucketName", ErrorKind::usage, "invalid bucket name", check_bucket},
    {"NoSuchKey", ErrorKind::not_found, "there is no such object", ""},
    {"NoSuchVersion", ErrorKind::not_found, "there is no such version", ""},
    {"NoSuchUpload", ErrorKind::not_found, "the upload is gone", ""},
    {"PreconditionFailed", ErrorKind::conflict, "the name exists already", ""},
    {"ConditionalRequestConflict", ErrorKind::conflict, "another host is writing the same name",
     again},
    {"OperationAborted", ErrorKind::unavailable, "another operation on it is in progress", again},
    {"InvalidRange", ErrorKind::usage, "the range is after the object's end", ""},
    {"InvalidObjectState", ErrorKind::cold, "the object is cold",
     "request its thaw: `zglacier thaw --request`"},
    {"GlacierExpeditedRetrievalNotAvailable", ErrorKind::unavailable,
     "Amazon has no capacity for expedited thaws at the moment", "use --tier standard"},
    {"InvalidStorageClass", ErrorKind::usage, "the server does not know the storage class",
     "choose another one with class=; every server knows STANDARD"},
    {"BadDigest", ErrorKind::damage, "the data was changed in transit to the store", again},
    {"XAmzContentSHA256Mismatch", ErrorKind::damage, "the data was changed in transit to the store",
     again},
    {"XAmzContentChecksumMismatch", ErrorKind::damage,
     "the data was changed in transit to the store", again},
    {"InvalidDigest", ErrorKind::damage, "the data was changed in transit to the store", again},
    {"InvalidPart", ErrorKind::damage, "the store does not have a part that was sent", again},
    {"MalformedXML", ErrorKind::internal, "the server cannot read the request", ""},
    {"InvalidPartOrder", ErrorKind::internal, "the parts are out of order", ""},
    {"EntityTooSmall", ErrorKind::usage, "a part is too small", "give --part-size 5MiB or more"},
    {"EntityTooLarge", ErrorKind::usage, "an object or a part is too large",
     "give a smaller --part-size or --segment-size"},
    {"IncompleteBody", ErrorKind::unavailable, "the connection was cut", again},
    {"RequestTimeout", ErrorKind::unavailable, "the connection stalled", again},
    {"SlowDown", ErrorKind::unavailable, "the store asks to slow down", again},
    {"ServiceUnavailable", ErrorKind::unavailable, "the store is not available", again},
    {"InternalError", ErrorKind::unavailable, "the store had an internal error", again},
    {"RequestThrottled", ErrorKind::unavailable, "the store asks to slow down", again},
    {"Throttling", ErrorKind::unavailable, "the store asks to slow down", again},
    {"ThrottlingException", ErrorKind::unavailable, "the store asks to slow down", again},
    {"RequestLimitExceeded", ErrorKind::unavailable, "the store asks to slow down", again},
    {"BandwidthLimitExceeded", ErrorKind::unavailable, "the store asks to slow down", again},
    {"KMS.ThrottlingException", ErrorKind::unavailable, "KMS asks to slow down", again},
    {"TooManyRequests", ErrorKind::unavailable, "the store asks to slow down", again},
    {"NotImplemented", ErrorKind::unsupported, "the server cannot do that", ""},
    {"MethodNotAllowed", ErrorKind::unsupported, "the server cannot do that", ""},
    {"KMS.DisabledException", ErrorKind::refused, "the KMS key is disabled",
     "enable it in KMS, or choose another with kms-key="},
    {"KMS.NotFoundException", ErrorKind::usage, "there is no such KMS key in the bucket's region",
     "check kms-key="},
    {"KMS.KMSInvalidStateException", ErrorKind::refused, "the KMS key cannot be used now",
     "check the key in KMS"},
    {"InvalidRequest", ErrorKind::usage, "the server refuses the request",
     "an Object Lock needs a bucket created with Object Lock; see also the server's message"},
    {"InvalidArgument", ErrorKind::usage, "the server refuses an argument",
     "check the store's options"},
    {"InvalidTag", ErrorKind::usage, "the server refuses a tag", "check tag="},
    {"ObjectLockConfigurationNotFoundError", ErrorKind::usage, "the bucket has no Object Lock",
     "remove lock=, or create the bucket with Object Lock"},
    {"InvalidBucketState", ErrorKind::usage, "the bucket's settings do not allow this",
     "an Object Lock needs a bucket with versioning and Object Lock"},
    {"InvalidEncryptionAlgorithmError", ErrorKind::usage,
     "the server does not know this encryption", "check sse="},
    {"NotSignedUp", ErrorKind::refused, "the AWS account has no S3",
     "the AWS console shows the reason"},
    {"InvalidRetentionPeriod", ErrorKind::usage, "the server refuses the lock's retention time",
     "check lock="},
    {"QuotaExceeded", ErrorKind::full, "the store is full",
     "free some space there, or raise the quota"},
    {"XMinioStorageFull", ErrorKind::full, "the store is full", "free some space there"},
    {"XMinioAdminBucketQuotaExceeded", ErrorKind::full, "the store is full",
     "free some space there, or raise the quota"},
    {"InsufficientCapacity", ErrorKind::full, "the store is full", "free some space there"},
};

KnownFailure by_status(int status) {
    switch (status) {
        case 301:
        case 307:
            return {"", ErrorKind::usage, "the bucket is in another region",
                    "name the bucket's region: region=REGION"};
        case 400:
            return {"", ErrorKind::refused, "the server refuses the request",
                    "the session token may have expired, or the region may be wrong"};
        case 401:
            return {"", ErrorKind::refused, "the server does not know these credentials",
                    check_keys};
        case 403:
            return {"", ErrorKind::refused, "access denied",
                    "the keys need the permission {0} (and s3:ListBucket, without which a missing "
                    "object is reported as refused): `zglacier policy` prints the minimal policy"};
        case 404:
            return {"", ErrorKind::not_found, "there is no such object", ""};
        case 409:
            return {"", ErrorKind::conflict, "another request for the same name is in progress",
                    again};
        case 412:
            return {"", ErrorKind::conflict, "the name exists already", ""};
        case 408:
        case 429:
            return {"", ErrorKind::unavailable, "the store is too busy", again};
        case 405:
        case 501:
            return {"", ErrorKind::unsupported, "the server cannot do that", ""};
        case 507:
            return {"", ErrorKind::full, "the store is full", "free some space there"};
        default:
            break;
    }
    // 509 and similar ones, and an error that came after a 200.
    if (status >= 500 || status < 300)
        return {"", ErrorKind::unavailable, "the store is not available", again};
    return {"", ErrorKind::refused, "the server refuses the request",
            "check that this is the endpoint of an S3 server"};
}

KnownFailure entry_of(const Failure& failure) {
    const auto* found = std::ranges::find(known, failure.code, &KnownFailure::code);
    if (found != std::end(known)) return *found;
    if (failure.code.starts_with("KMS.") && failure.status < 500)
        return {"", ErrorKind::refused, "KMS refuses the request",
                "the keys need kms:GenerateDataKey and kms:Decrypt on the key"};
    return by_status(failure.status);
}

}  // namespace

Failure read_failure(const net::Response& response) {
    Failure failure{.status = response.status};
    pugi::xml_document document;
    if (document.load_buffer(response.body.data(), response.body.size())) {
        const pugi::xml_node error = document.child("Error");
        failure.code = shown(error.child_value("Code"));
        failure.message = shown(error.child_value("Message"));
        failure.region = error.child_value("Region");
        failure.request_id = shown(error.child_value("RequestId"));
    }
    if (const auto id = net::find_header(response.headers, "x-amz-request-id"))
        failure.request_id = shown(*id);
    if (const auto region = net::find_header(response.headers, "x-amz-bucket-region"))
        failure.region = *region;
    return failure;
}

Error error_of(const Failure& failure, const std::string& action, std::string where) {
    return error_of(failure, entry_of(failure), action, std::move(where));
}

}  // namespace zg::aws
