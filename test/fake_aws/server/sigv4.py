"""Signature Version 4 from the server's side. Source: S3 API Reference, "Authenticating Requests
(AWS Signature Version 4)"."""

import calendar
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote_to_bytes

from .errors import S3Error, access_denied, invalid_request

ALGORITHM = "AWS4-HMAC-SHA256"
TOLERANCE = 15 * 60
EMPTY_SHA256 = hashlib.sha256().hexdigest()
CREDENTIAL = re.compile(r"([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")
HEX_SHA256 = re.compile(r"[0-9a-f]{64}")
STREAMS = ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
           "STREAMING-UNSIGNED-PAYLOAD-TRAILER")


class Signature:
    """The content of an Authorization header, and the state for its chunks."""

    def __init__(self, key, key_id, date, region, service, names, value, stamp):
        self.key, self.key_id = key, key_id
        self.date, self.region, self.service = date, region, service
        self.names, self.value, self.stamp = names, value, stamp

    @property
    def scope(self):
        return "/".join((self.date, self.region, self.service, "aws4_request"))

    def sign(self, kind, *lines):
        """The signature over a string to sign of the given kind."""
        secret = ("AWS4" + self.key.secret).encode()
        for word in (self.date, self.region, self.service, "aws4_request"):
            secret = hmac.new(secret, word.encode(), hashlib.sha256).digest()
        text = "\n".join((kind, self.stamp, self.scope) + lines)
        return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def canonical_query(raw):
    """Names and values decoded, encoded again in the canonical way, and sorted by their encoded
    form."""
    pairs = []
    for item in raw.split("&") if raw else []:
        name, _, value = item.partition("=")
        pairs.append((encode(name), encode(value)))
    return "&".join("%s=%s" % pair for pair in sorted(pairs))


def encode(text, safe=""):
    return quote(unquote_to_bytes(text), safe=safe + "-_.~")


def canonical_headers(request, names):
    return "".join("%s:%s\n" % (name, re.sub(" +", " ", request.headers[name].strip()))
                   for name in names)


def parse(request, state):
    """The Signature, of a known key, at the right time; not yet compared."""
    text = request.header("authorization")
    if not text:
        raise access_denied("Anonymous access is forbidden for this operation"
                            if not request.query.get("X-Amz-Signature")
                            else "This server reads signatures from the Authorization header only")
    kind, _, rest = text.partition(" ")
    if kind != ALGORITHM:
        raise invalid_request("The authorization mechanism you have provided is not supported. "
                              "Please use AWS4-HMAC-SHA256.")
    fields = dict(item.strip().partition("=")[::2] for item in rest.split(","))
    match = CREDENTIAL.fullmatch(fields.get("Credential", ""))
    if (not match or not HEX_SHA256.fullmatch(fields.get("Signature", "")) or
            not fields.get("SignedHeaders")):
        raise malformed("The authorization header is malformed")
    key_id, date, region, service = match.groups()
    key = state.keys.get(key_id)
    if key is None:
        raise S3Error(403, "InvalidAccessKeyId",
                      "The AWS Access Key Id you provided does not exist in our records.",
                      {"AWSAccessKeyId": key_id})
    stamp = check_time(request, state, date)
    return Signature(key, key_id, date, region, service, fields["SignedHeaders"].split(";"),
                     fields["Signature"], stamp)


def malformed(message, region=None):
    fields = {"Region": region} if region else {}
    headers = {"x-amz-bucket-region": region} if region else {}
    return S3Error(400, "AuthorizationHeaderMalformed", message, fields, headers)


def check_time(request, state, date):
    stamp = request.header("x-amz-date")
    try:
        sent = calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise access_denied("AWS authentication requires a valid x-amz-date header") from None
    now = state.clock.requests()
    if abs(sent - now) > TOLERANCE:
        raise S3Error(403, "RequestTimeTooSkewed",
                      "The difference between the request time and the current time is too large.",
                      {"RequestTime": stamp,
                       "ServerTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
                       "MaxAllowedSkewMilliseconds": str(TOLERANCE * 1000)})
    if stamp[:8] != date:
        raise malformed("The authorization header is malformed; Invalid credential date \"%s\". "
                        "This date is not the same as X-Amz-Date: \"%s\"." % (date, stamp[:8]))
    return stamp


def check_token(signature, request):
    """A session's key needs its token, which must not have expired; a long-term key has none."""
    token = request.header("x-amz-security-token")
    if signature.key.token != token:
        raise S3Error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    if signature.key.is_expired():
        raise S3Error(400, "ExpiredToken", "The provided token has expired.")


def check_signed_headers(signature, request):
    names = signature.names
    if names != sorted(set(names)) or any(name != name.lower() for name in names):
        raise malformed("The authorization header is malformed; SignedHeaders must be lower-case, "
                        "sorted and without repetition.")
    absent = [name for name in names if name not in request.headers]
    if absent:
        raise mismatch(signature, "a signed header was not sent: " + ", ".join(absent))
    needed = {"host"} | {name for name in request.headers if name.startswith("x-amz-")}
    unsigned = sorted(needed - set(names))
    if unsigned:
        raise S3Error(403, "AccessDenied",
                      "There were headers present in the request which were not signed",
                      {"HeadersNotSigned": ", ".join(unsigned)})


def check_payload_form(request, options):
    """Checks x-amz-content-sha256."""
    claimed = request.header("x-amz-content-sha256")
    if not claimed:
        raise invalid_request("Missing required header for this request: x-amz-content-sha256")
    unsigned = claimed in ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    if unsigned and options.no_unsigned_payload:
        raise S3Error(403, "AccessDenied", "This server accepts no unsigned payloads")
    if not unsigned and claimed not in STREAMS and not HEX_SHA256.fullmatch(claimed):
        raise S3Error(400, "InvalidArgument",
                      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                      "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
                      {"ArgumentName": "x-amz-content-sha256", "ArgumentValue": claimed})
    return claimed


def mismatch(signature, string_to_sign):
    return S3Error(403, "SignatureDoesNotMatch",
                   "The request signature we calculated does not match the signature you provided. "
                   "Check your key and signing method.",
                   {"AWSAccessKeyId": signature.key_id, "StringToSign": string_to_sign,
                    "SignatureProvided": signature.value})


def canonical_path(signature, request):
    """Encoded once for S3, and twice for every other service. Source: IAM User Guide, "Create a
    signed AWS API request", step 1."""
    once = encode(request.raw_path, "/")
    return once if signature.service == "s3" else quote(once, safe="/-_.~")


def compare(signature, request, payload):
    """The signature itself. `payload` is the last line of the canonical request."""
    canonical = "\n".join(
        (request.method, canonical_path(signature, request), canonical_query(request.raw_query),
         canonical_headers(request, signature.names), ";".join(signature.names), payload))
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    if not hmac.compare_digest(signature.sign(ALGORITHM, digest), signature.value):
        error = mismatch(signature,
                         "\n".join((ALGORITHM, signature.stamp, signature.scope, digest)))
        error.fields["CanonicalRequest"] = canonical
        raise error


def verify(request, state, service, expected_region, payload=None):
    """Everything but the body. `expected_region`: called with the signed region, refuses the wrong
    one. `payload`: the digest of a body that is not read yet, for other services than S3."""
    signature = parse(request, state)
    check_token(signature, request)
    if signature.service != service:
        raise malformed("The authorization header is malformed; incorrect service \"%s\". This "
                        "endpoint belongs to \"%s\"." % (signature.service, service))
    expected_region(signature.region)
    check_signed_headers(signature, request)
    if service == "s3":
        payload = check_payload_form(request, state.options)
    elif payload is None:
        payload = request.body.sha256()
    compare(signature, request, payload)
    return signature
