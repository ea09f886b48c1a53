"""Put, get, head; tags."""

import re

from . import settings
from .bodies import check_digests
from .buckets import read_document
from .content import Content
from .errors import S3Error, access_denied, invalid_argument, invalid_request, no_such_key
from .model import Version
from .markup import text_of
from .wire import Answer, xml_answer

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def find(state, request):
    """The requested version, not a delete marker."""
    bucket, version_id = request.bucket, request.query.get("versionId")
    if version_id is not None:
        version = bucket.version(request.key, version_id)
        if version is None:
            raise S3Error(404, "NoSuchVersion", "The specified version does not exist.",
                          {"Key": request.key, "VersionId": version_id})
        if version.is_marker:
            raise S3Error(405, "MethodNotAllowed",
                          "The specified method is not allowed against this resource.",
                          {"Method": request.method},
                          {"x-amz-delete-marker": "true", "x-amz-version-id": version_id,
                           "Allow": "DELETE"})
        return version
    version = bucket.newest(request.key)
    if version is not None and not version.is_marker:
        return version
    # Without permission to list, a client does not learn what does not exist.
    if not request.signature.key.may("s3:ListBucket"):
        raise access_denied()
    error = no_such_key(request.key)
    if version is not None:
        error.headers = {"x-amz-delete-marker": "true", "x-amz-version-id": version.version_id}
    raise error


def put_object(state, request):
    wanted = settings.read_settings(request, state)
    checksums = check_digests(request)
    settings.needs_checksum_for_lock(request, wanted)
    check_condition(request)
    check_capacity(state, request.body.size)
    version = Version(request.key, state.clock.requests())
    version.settings, version.checksums = wanted, checksums
    version.checksum_type = "FULL_OBJECT" if checksums else ""
    version.etag = etag_of(request.body, wanted, state)
    version.content = Content([(request.body.take(state.new_path), request.body.size)])
    state.put(request.bucket, version)
    headers = {"ETag": version.etag, **settings.encryption_headers(wanted),
               **settings.version_headers(request.bucket, version),
               **settings.checksum_headers(checksums, version.checksum_type)}
    return Answer(200, headers)


def etag_of(body, wanted, state):
    """The MD5; with a KMS key another value."""
    digest = body.digest("md5").hex()
    return '"%s"' % (digest if wanted.sse == "AES256" else digest[16:] + digest[:16])


def check_capacity(state, size):
    capacity = state.options.capacity
    if capacity and state.stored_bytes() + size > capacity:
        raise S3Error(403, "QuotaExceeded", "QuotaExceeded")


def check_condition(request):
    """If-None-Match: * and If-Match of a write."""
    if request.conflict:
        raise S3Error(409, "ConditionalRequestConflict",
                      "The conditional request cannot succeed due to a conflicting operation "
                      "against this resource.",
                      {"Condition": "If-None-Match", "Key": request.key})
    current = request.bucket.current(request.key)
    none_match, match = request.headers.get("if-none-match"), request.headers.get("if-match")
    if none_match is not None and none_match != "*":
        raise S3Error(501, "NotImplemented",
                      "A header you provided implies functionality that is not implemented",
                      {"Header": "If-None-Match"})
    if none_match == "*" and current is not None:
        raise precondition_failed("If-None-Match")
    if match is not None and current is None:
        raise no_such_key(request.key)
    if match is not None and match.strip('"') != current.etag.strip('"'):
        raise precondition_failed("If-Match")


def precondition_failed(condition):
    return S3Error(412, "PreconditionFailed",
                   "At least one of the pre-conditions you specified did not hold",
                   {"Condition": condition})


def check_read_condition(request, version):
    match, none_match = request.headers.get("if-match"), request.headers.get("if-none-match")
    if match is not None and match not in ("*", version.etag, version.etag.strip('"')):
        raise precondition_failed("If-Match")
    if none_match is not None and none_match in ("*", version.etag, version.etag.strip('"')):
        return Answer(304, {"ETag": version.etag})
    return None


def head_object(state, request):
    version = find(state, request)
    unchanged = check_read_condition(request, version)
    return unchanged or described(state, request, version)


def get_object(state, request):
    version = find(state, request)
    unchanged = check_read_condition(request, version)
    if unchanged:
        return unchanged
    if version.is_cold(state.clock.thaws()):
        raise S3Error(403, "InvalidObjectState",
                      "The operation is not valid for the object's storage class",
                      {"StorageClass": version.settings.storage_class})
    answer = described(state, request, version)
    answer.body = version.content.blocks(*answer.range)
    version.content.hold()
    answer.release = version.content.release
    return answer


def described(state, request, version):
    """The answer to HEAD, and to GET without the body."""
    headers = settings.object_headers(request.bucket, version, state.clock.thaws())
    whole = (0, version.size)
    part = part_range(request, version, headers)
    begin, end = part or parse_range(request.header("range"), version.size) or whole
    if (request.header("x-amz-checksum-mode").upper() == "ENABLED" and (begin, end) == whole and
            part is None):
        headers.update(settings.checksum_headers(version.checksums, version.checksum_type))
    status = 200
    if part is not None or parse_range(request.header("range"), version.size) is not None:
        status = 206
        headers["Content-Range"] = "bytes %d-%d/%d" % (begin, max(begin, end - 1), version.size)
    answer = Answer(status, headers, b"", end - begin)
    answer.range = (begin, end)
    return answer


def part_range(request, version, headers):
    """The range of ?partNumber=, with the part's own checksum in `headers`."""
    text = request.query.get("partNumber")
    if text is None:
        return None
    if "range" in request.headers:
        raise invalid_request("Cannot specify both Range header and partNumber query parameter")
    if not text.isdigit() or not 1 <= int(text) <= 10000:
        raise invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                               "partNumber", text)
    parts = version.parts or [(1, version.size, version.checksums)]
    if int(text) > len(parts):
        raise S3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable",
                      {"ActualPartCount": str(len(parts)), "PartNumberRequested": text})
    begin = sum(size for _, size, _ in parts[:int(text) - 1])
    if version.parts:
        headers["x-amz-mp-parts-count"] = str(len(parts))
        if (request.header("x-amz-checksum-mode").upper() == "ENABLED" and
                version.checksum_type == "COMPOSITE"):
            headers.update(settings.checksum_headers(parts[int(text) - 1][2], "COMPOSITE"))
    return begin, begin + parts[int(text) - 1][1]


def parse_range(text, size):
    """(begin, end); None if there is none, or one that S3 ignores."""
    match = RANGE.fullmatch(text.strip())
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first and last and int(first) > int(last):
        return None
    begin = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if begin >= size or (not first and int(last) == 0):
        raise S3Error(416, "InvalidRange", "The requested range is not satisfiable",
                      {"RangeRequested": text, "ActualObjectSize": str(size)},
                      {"Content-Range": "bytes */%d" % size})
    return begin, end


def get_tagging(state, request):
    version = find(state, request)
    tags = [("Tag", [("Key", key), ("Value", value)]) for key, value in version.settings.tags]
    return xml_answer(200, "Tagging", [("TagSet", tags)],
                      settings.version_headers(request.bucket, version))


def put_tagging(state, request):
    version = find(state, request)
    root = read_document(request, "Tagging")
    tags = [(text_of(tag, "Key") or "", text_of(tag, "Value") or "")
            for tag in root.findall("TagSet/Tag")]
    version.settings.tags = settings.checked_tags(tags)
    return Answer(200, settings.version_headers(request.bucket, version))
