"""Headers that set how an object is stored, and headers that report it."""

import re
from urllib.parse import unquote_plus

from .digests import HEADER, algorithms_in
from .errors import S3Error, invalid_argument, invalid_request, not_implemented
from .markup import http_time, iso_time, parse_iso_time
from .model import CLASSES, Settings

SSE = "x-amz-server-side-encryption"
LOCK = "x-amz-object-lock-"
KEPT_HEADERS = ("cache-control", "content-disposition", "content-encoding", "content-language",
                "content-type", "expires")
MOST_METADATA = 2048
MOST_TAGS = 10
TAG_TEXT = re.compile(r"[\w\s+\-=.:/@]*")


def read_settings(request, state):
    settings = Settings()
    refuse_unknown(request)
    settings.storage_class = request.header("x-amz-storage-class") or "STANDARD"
    if settings.storage_class not in CLASSES:
        raise S3Error(400, "InvalidStorageClass", "The storage class you specified is not valid",
                      {"StorageClassRequested": settings.storage_class})
    read_encryption(request, state, settings)
    read_lock(request, state, settings)
    settings.tags = parse_tags(request.header("x-amz-tagging"))
    settings.metadata = {
        name: value for name, value in request.headers.items() if name.startswith("x-amz-meta-")}
    size = sum(len(name) - len("x-amz-meta-") + len(value.encode())
               for name, value in settings.metadata.items())
    if size > MOST_METADATA:
        raise S3Error(400, "MetadataTooLarge",
                      "Your metadata headers exceed the maximum allowed metadata size",
                      {"Size": str(size), "MaxSizeAllowed": str(MOST_METADATA)})
    settings.content_headers = {
        name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
    encodings = [word.strip()
                 for word in settings.content_headers.pop("content-encoding", "").split(",")]
    encoding = ",".join(word for word in encodings if word not in ("", "aws-chunked"))
    if encoding:
        settings.content_headers["content-encoding"] = encoding
    settings.content_headers.setdefault("content-type", "binary/octet-stream")
    return settings


def refuse_unknown(request):
    for name in request.headers:
        if (name.startswith(SSE + "-customer-") or name.startswith("x-amz-copy-source") or
                name == "x-amz-website-redirect-location"):
            raise not_implemented(name)


def read_encryption(request, state, settings):
    settings.sse = request.header(SSE) or "AES256"
    settings.kms_key = request.header(SSE + "-aws-kms-key-id")
    settings.bucket_key = request.header(SSE + "-bucket-key-enabled") == "true"
    if settings.sse not in ("AES256", "aws:kms", "aws:kms:dsse"):
        raise S3Error(400, "InvalidEncryptionAlgorithmError",
                      "The encryption request you specified is not valid.",
                      {"ServerSideEncryption": settings.sse})
    if settings.sse == "AES256":
        if settings.kms_key:
            raise invalid_argument("Server Side Encryption with AWS KMS managed key requires HTTP "
                                   "header x-amz-server-side-encryption : aws:kms",
                                   SSE, request.header(SSE))
        return
    settings.kms_key = settings.kms_key or "arn:aws:kms:%s:%s:alias/aws/s3" % (
        request.bucket.region, request.bucket.owner)
    known = state.options.kms_key
    if (request.header(SSE + "-aws-kms-key-id") and known and
            not any(settings.kms_key in (key, key.rpartition("/")[2]) for key in known)):
        raise S3Error(400, "KMS.NotFoundException", "Key '%s' does not exist" % settings.kms_key)


def read_lock(request, state, settings):
    mode, until, hold = (request.header(LOCK + word)
                         for word in ("mode", "retain-until-date", "legal-hold"))
    if not (mode or until or hold):
        return
    if not request.bucket.lock:
        raise invalid_request("Bucket is missing Object Lock Configuration")
    if bool(mode) != bool(until):
        raise invalid_argument("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode "
                               "must both be supplied")
    if mode:
        settings.lock_mode, settings.retain_until = checked_retention(mode, until, state)
    if hold not in ("", "ON", "OFF"):
        raise invalid_argument("Legal Hold must be either of 'ON' or 'OFF'")
    settings.legal_hold = hold == "ON"


def checked_retention(mode, until, state):
    if mode not in ("GOVERNANCE", "COMPLIANCE"):
        raise invalid_argument("Unknown wormMode directive.")
    moment = parse_iso_time(until)
    if moment is None or "T" not in until:
        raise invalid_argument("The retain until date must be provided in ISO 8601 format")
    # By the clock of requests: a client does not know a clock that a test advanced. Whether a lock
    # is still valid is decided by that one.
    if moment <= state.clock.requests():
        raise invalid_argument("The retain until date must be in the future!")
    return mode, moment


def needs_checksum_for_lock(request, settings):
    """A put with a lock must have a checksum of the body."""
    has_one = "content-md5" in request.headers or algorithms_in(request.headers) or any(
        name.startswith(HEADER) for name in request.body.trailers)
    if (settings.lock_mode or settings.legal_hold) and not has_one:
        raise invalid_request("Content-MD5 OR x-amz-checksum- HTTP header is required for Put "
                              "Object requests with Object Lock parameters")


def parse_tags(text):
    pairs = [tuple(unquote_plus(word) for word in item.partition("=")[::2])
             for item in text.split("&") if item]
    return checked_tags(pairs)


def checked_tags(pairs):
    if len(pairs) > MOST_TAGS:
        raise S3Error(400, "BadRequest", "Object tags cannot be greater than 10")
    if len({key for key, _ in pairs}) != len(pairs):
        raise S3Error(400, "InvalidTag", "Cannot provide multiple Tags with the same key")
    for key, value in pairs:
        if not 1 <= len(key) <= 128 or not TAG_TEXT.fullmatch(key) or key.startswith("aws:"):
            raise S3Error(400, "InvalidTag", "The TagKey you have provided is invalid",
                          {"TagKey": key})
        if len(value) > 256 or not TAG_TEXT.fullmatch(value):
            raise S3Error(400, "InvalidTag", "The TagValue you have provided is invalid",
                          {"TagValue": value})
    return pairs


def encryption_headers(settings):
    headers = {SSE: settings.sse}
    if settings.kms_key:
        headers[SSE + "-aws-kms-key-id"] = settings.kms_key
    if settings.bucket_key:
        headers[SSE + "-bucket-key-enabled"] = "true"
    return headers


def version_headers(bucket, version):
    return {"x-amz-version-id": version.version_id} if bucket.versioning else {}


def object_headers(bucket, version, now):
    """The headers of HEAD and GET about an object, except its checksum and the range."""
    settings = version.settings
    headers = {"Last-Modified": http_time(version.modified), "ETag": version.etag,
               "Accept-Ranges": "bytes"}
    headers.update(version_headers(bucket, version))
    headers.update(encryption_headers(settings))
    headers.update({name.title(): value for name, value in settings.content_headers.items()})
    headers.update(settings.metadata)
    if settings.storage_class != "STANDARD":
        headers["x-amz-storage-class"] = settings.storage_class
    if settings.tags:
        headers["x-amz-tagging-count"] = str(len(settings.tags))
    if settings.lock_mode:
        headers[LOCK + "mode"] = settings.lock_mode
        headers[LOCK + "retain-until-date"] = iso_time(settings.retain_until)
    if settings.legal_hold:
        headers[LOCK + "legal-hold"] = "ON"
    if version.restore and version.restore.is_ongoing(now):
        headers["x-amz-restore"] = 'ongoing-request="true"'
    elif version.restore and version.restore.is_readable(now):
        headers["x-amz-restore"] = ('ongoing-request="false", expiry-date="%s"' %
                                    http_time(version.restore.until))
    return headers


def checksum_headers(checksums, checksum_type):
    headers = {HEADER + name: value for name, value in checksums.items()}
    if headers and checksum_type:
        headers["x-amz-checksum-type"] = checksum_type
    return headers
