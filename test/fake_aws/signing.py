"""Signature Version 4, checked from the server's side. Source: S3 API Reference, "Authenticating Requests"."""

import calendar
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote

from state import S3Error

FORM = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})")


def encode(text, safe=""):
    return quote(text, safe=safe + "-_.~")


def canonical_query(raw):
    pairs = []
    for item in raw.split("&") if raw else []:
        name, _, value = item.partition("=")
        pairs.append((encode(unquote(name)), encode(unquote(value))))
    return "&".join("%s=%s" % pair for pair in sorted(pairs))


def signature(secret, date, region, service, text):
    key = ("AWS4" + secret).encode()
    for word in (date[:8], region, service, "aws4_request"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def check_time(request, state):
    stamp = request.headers.get("x-amz-date", "")
    try:
        sent = calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise S3Error(403, "AccessDenied", "x-amz-date is missing or malformed")
    if abs(sent - state.now()) > 900:
        raise S3Error(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
    return stamp


def check_headers(request, names):
    must = {"host"} | {name for name in request.headers if name.startswith("x-amz-")}
    if "content-md5" in request.headers:
        must.add("content-md5")
    missing = must - set(names)
    if missing:
        raise S3Error(403, "AccessDenied", "There were headers present in the request which were not signed: %s" % ", ".join(sorted(missing)))
    if names != sorted(names):
        raise S3Error(403, "SignatureDoesNotMatch", "SignedHeaders is not sorted")


def check_key(key_id, request, state):
    key = state.keys.get(key_id)
    if key is None:
        raise S3Error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
    if key.token != request.headers.get("x-amz-security-token", ""):
        raise S3Error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    if key.expires is not None and time.time() > key.expires:
        raise S3Error(400, "ExpiredToken", "The provided token has expired.")
    return key


def check_payload(request, state):
    claimed = request.headers.get("x-amz-content-sha256", "")
    if claimed == "UNSIGNED-PAYLOAD" and not state.options.no_unsigned_payload:
        return claimed
    if claimed.startswith("STREAMING-"):
        return claimed
    if not re.fullmatch("[0-9a-f]{64}", claimed):
        raise S3Error(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    return claimed


def check(request, state, service, regions):
    """Checks everything but the body itself, and gives the Key. `regions`: those that may be signed for; empty: any."""
    match = FORM.fullmatch(request.headers.get("authorization", ""))
    if not match:
        raise S3Error(403, "AccessDenied", "Anonymous access is not allowed")
    key_id, date, region, signed_service, names, given = match.groups()
    names = names.split(";")
    stamp = check_time(request, state)
    key = check_key(key_id, request, state)
    check_headers(request, names)
    if regions and region not in regions:
        raise S3Error(400, "AuthorizationHeaderMalformed", "The authorization header is malformed; the region '%s' is wrong; expecting '%s'" % (region, regions[0]),
                      {"Region": regions[0]}, {"x-amz-bucket-region": regions[0]})
    if signed_service != service or date != stamp[:8]:
        raise S3Error(400, "AuthorizationHeaderMalformed", "The credential scope is wrong")
    payload = check_payload(request, state) if service == "s3" else request.sha256
    headers = "".join("%s:%s\n" % (name, re.sub(" +", " ", request.headers.get(name, "").strip())) for name in names)
    path = encode(unquote(request.raw_path), "/")
    if service != "s3":
        path = encode(path, "/")
    canonical = "\n".join([request.method, path, canonical_query(request.raw_query), headers, ";".join(names), payload])
    scope = "%s/%s/%s/aws4_request" % (date, region, signed_service)
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    if not hmac.compare_digest(signature(key.secret, stamp, region, signed_service, text), given):
        raise S3Error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
    return key
