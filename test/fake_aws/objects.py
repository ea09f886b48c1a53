"""Calls on one object. Source: Amazon S3 API Reference."""

import base64
import calendar
import hashlib
import os
import re
import time
import zlib

from markup import document, parse
from state import CLASSES, COLD, DAY, Object, S3Error, THAW_SECONDS, b64, midnight_after
from web import Answer

CHECKSUMS = ("crc32", "crc32c", "crc64nvme", "sha1", "sha256")


def http_date(seconds):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(seconds))


def xml_date(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def parse_date(text):
    try:
        return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        raise S3Error(400, "InvalidArgument", "The retain until date must be an ISO 8601 date")


def read_settings(request, bucket, state):
    """How the object shall be kept, from the headers of PutObject and CreateMultipartUpload."""
    header = request.header
    settings = {"class": header("x-amz-storage-class") or "STANDARD", "sse": header("x-amz-server-side-encryption"),
                "kms": header("x-amz-server-side-encryption-aws-kms-key-id"), "lock": header("x-amz-object-lock-mode"), "until": None,
                "tags": header("x-amz-tagging"), "meta": {k: v for k, v in request.headers.items() if k.startswith("x-amz-meta-")},
                "type": header("content-type") or "binary/octet-stream"}
    if settings["class"] not in CLASSES:
        raise S3Error(400, "InvalidStorageClass", "The storage class you specified is not valid")
    if settings["sse"] not in ("", "AES256", "aws:kms", "aws:kms:dsse"):
        raise S3Error(400, "InvalidArgument", "The encryption method specified is not supported")
    if settings["kms"] and state.options.kms_key and settings["kms"] not in state.options.kms_key:
        raise S3Error(400, "KMS.NotFoundException", "Key '%s' does not exist" % settings["kms"])
    if settings["lock"]:
        if not bucket.lock:
            raise S3Error(400, "InvalidRequest", "Bucket is missing Object Lock Configuration")
        if settings["lock"] not in ("GOVERNANCE", "COMPLIANCE") or not header("x-amz-object-lock-retain-until-date"):
            raise S3Error(400, "InvalidArgument", "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
        settings["until"] = parse_date(header("x-amz-object-lock-retain-until-date"))
    return settings


def check_body(request):
    """The payload hash, Content-MD5 and checksums against the body that came; gives its SHA-256 in base64 where one was sent."""
    claimed = request.header("x-amz-content-sha256")
    if re.fullmatch("[0-9a-f]{64}", claimed) and claimed != request.sha256:
        raise S3Error(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
    if request.header("content-md5") and request.header("content-md5") != b64(request.md5):
        raise S3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
    sent = {name: request.header("x-amz-checksum-" + name) or request.trailers.get("x-amz-checksum-" + name) for name in CHECKSUMS}
    if sent["sha256"] and sent["sha256"] != b64(request.sha256):
        raise S3Error(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.")
    for name, compute in (("crc32", lambda data: zlib.crc32(data).to_bytes(4, "big")), ("sha1", lambda data: hashlib.sha1(data).digest())):
        if sent[name] and request.file is None and sent[name] != base64.b64encode(compute(request.body)).decode():
            raise S3Error(400, "BadDigest", "The %s you specified did not match the calculated checksum." % name)
    return sent["sha256"]


def keep_body(request, state):
    """The body as a list with one file."""
    if request.file is None:
        request.file = state.new_file()
        with open(request.file, "wb") as file:
            file.write(request.body)
    limit = state.options.capacity
    if limit and state.stored + request.size > limit:
        os.unlink(request.file)
        raise S3Error(403, "QuotaExceeded", "The quota of the bucket is exceeded.")
    state.stored += request.size
    return [(request.file, request.size)]


def check_condition(request, bucket, key):
    if request.header("if-none-match") == "*" and bucket.current(key):
        raise S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")


def put_object(request, state, bucket, key):
    settings = read_settings(request, bucket, state)
    if settings["lock"] and not request.header("content-md5") and not any(request.header("x-amz-checksum-" + name) for name in CHECKSUMS):
        raise S3Error(400, "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
    checksum = check_body(request)
    check_condition(request, bucket, key)
    obj = Object(key, keep_body(request, state), settings)
    obj.etag, obj.sha256 = '"%s"' % request.md5, checksum
    state.put(bucket, obj)
    headers = {"ETag": obj.etag}
    if checksum:
        headers["x-amz-checksum-sha256"] = checksum
    return Answer(200, b"", with_version(headers, bucket, obj))


def with_version(headers, bucket, obj):
    if bucket.versioned:
        headers["x-amz-version-id"] = obj.version
    return headers


def find(request, bucket, key):
    wanted = request.query.get("versionId")
    if wanted is None:
        obj = bucket.current(key)
        if obj is None:
            raise S3Error(404, "NoSuchKey", "The specified key does not exist.", {"Key": key})
        return obj
    for obj in bucket.objects.get(key, []):
        if obj.version == wanted:
            return obj
    raise S3Error(404, "NoSuchVersion", "The specified version does not exist.")


def object_headers(request, state, bucket, obj):
    settings = obj.settings
    headers = {"ETag": obj.etag, "Last-Modified": http_date(obj.modified), "Accept-Ranges": "bytes", "Content-Type": settings["type"]}
    headers.update(settings["meta"])
    if settings["class"] != "STANDARD":
        headers["x-amz-storage-class"] = settings["class"]
    if settings["sse"]:
        headers["x-amz-server-side-encryption"] = settings["sse"]
    if settings["kms"]:
        headers["x-amz-server-side-encryption-aws-kms-key-id"] = settings["kms"]
    if settings["lock"]:
        headers["x-amz-object-lock-mode"] = settings["lock"]
        headers["x-amz-object-lock-retain-until-date"] = xml_date(settings["until"])
    if obj.sha256 and request.header("x-amz-checksum-mode").upper() == "ENABLED" and "range" not in request.headers:
        headers["x-amz-checksum-sha256"] = obj.sha256
    if obj.restore and settings["class"] in COLD:
        now = state.thaw_now()
        if now < obj.restore[0]:
            headers["x-amz-restore"] = 'ongoing-request="true"'
        elif now < obj.restore[1]:
            headers["x-amz-restore"] = 'ongoing-request="false", expiry-date="%s"' % http_date(obj.restore[1])
    return with_version(headers, bucket, obj)


def head_object(request, state, bucket, key):
    obj = find(request, bucket, key)
    return Answer(200, b"", object_headers(request, state, bucket, obj), obj.size)


def read_range(request, obj):
    """(begin, end) of the Range header; None where there is none."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", request.header("range"))
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return max(0, obj.size - int(last)), obj.size
    if int(first) >= obj.size:
        raise S3Error(416, "InvalidRange", "The requested range is not satisfiable", {"ActualObjectSize": obj.size})
    return int(first), min(obj.size, int(last) + 1) if last else obj.size


def get_object(request, state, bucket, key):
    obj = find(request, bucket, key)
    if state.is_cold(obj):
        raise S3Error(403, "InvalidObjectState", "The operation is not valid for the object's storage class", {"StorageClass": obj.settings["class"]})
    headers = object_headers(request, state, bucket, obj)
    ranged = read_range(request, obj)
    if ranged is None:
        return Answer(200, obj.read(0, obj.size), headers, obj.size)
    begin, end = ranged
    headers["Content-Range"] = "bytes %d-%d/%d" % (begin, end - 1, obj.size)
    return Answer(206, obj.read(begin, end), headers, end - begin)


def get_tagging(request, state, bucket, key):
    obj = find(request, bucket, key)
    tags = [("Tag", [("Key", k), ("Value", v)]) for k, _, v in (t.partition("=") for t in obj.settings["tags"].split("&") if t)]
    return Answer(200, document("Tagging", [("TagSet", tags)]))


def get_retention(request, state, bucket, key):
    settings = find(request, bucket, key).settings
    if not settings["lock"]:
        raise S3Error(404, "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration")
    return Answer(200, document("Retention", [("Mode", settings["lock"]), ("RetainUntilDate", xml_date(settings["until"]))]))


def get_attributes(request, state, bucket, key):
    obj = find(request, bucket, key)
    wanted = [name.strip() for name in request.header("x-amz-object-attributes").split(",")]
    if wanted == [""]:
        raise S3Error(400, "InvalidArgument", "x-amz-object-attributes is missing")
    marker, most = int(request.header("x-amz-part-number-marker") or 0), int(request.header("x-amz-max-parts") or 1000)
    most = min(most, state.options.page_size)
    later = [part for part in obj.parts if part[0] > marker]
    page = later[:most]
    parts = [("TotalPartsCount", len(obj.parts)), ("PartNumberMarker", marker), ("NextPartNumberMarker", page[-1][0] if page else marker),
             ("MaxParts", most), ("IsTruncated", "true" if len(later) > most else "false")]
    if any(part[2] for part in obj.parts):
        parts += [("Part", [("PartNumber", n), ("Size", size), ("ChecksumSHA256", sha)]) for n, size, sha in page]
    known = {"ETag": ("ETag", obj.etag.strip('"')), "ObjectSize": ("ObjectSize", obj.size), "StorageClass": ("StorageClass", obj.settings["class"]),
             "ObjectParts": ("ObjectParts", parts if obj.parts else None),
             "Checksum": ("Checksum", [("ChecksumSHA256", obj.sha256)] if obj.sha256 else None)}
    return Answer(200, document("GetObjectAttributesResponse", [known[name] for name in wanted if name in known]),
                  with_version({"Last-Modified": http_date(obj.modified)}, bucket, obj))


def delete_object(request, state, bucket, key):
    wanted = request.query.get("versionId")
    versions = bucket.objects.get(key, [])
    if wanted is None and bucket.versioned:
        marker = Object(key, [], {"class": "STANDARD", "lock": "", "meta": {}, "tags": ""})
        marker.marker = True
        state.put(bucket, marker)
        return Answer(204, b"", {"x-amz-delete-marker": "true", "x-amz-version-id": marker.version})
    for obj in [o for o in versions if wanted in (None, o.version)]:
        bypass = obj.settings["lock"] == "GOVERNANCE" and request.header("x-amz-bypass-governance-retention") == "true"
        if obj.settings["lock"] and obj.settings["until"] > state.thaw_now() and not bypass:
            raise S3Error(403, "AccessDenied", "Access Denied because object protected by object lock.")
        versions.remove(obj)
        state.forget(obj.files)
    if not versions:
        bucket.objects.pop(key, None)
    return Answer(204)


def restore_object(request, state, bucket, key):
    obj = find(request, bucket, key)
    root = parse(request.body)
    days = root.findtext("Days") if root is not None else None
    if not days or not days.isdigit() or int(days) < 1:
        raise S3Error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
    storage_class = obj.settings["class"]
    if storage_class not in COLD:
        raise S3Error(403, "InvalidObjectState", "Restore is not allowed for the object's current storage class")
    tier = root.findtext("GlacierJobParameters/Tier") or "Standard"
    if (storage_class, tier) not in THAW_SECONDS:
        raise S3Error(400, "InvalidArgument", "%s is not a retrieval option of the storage class %s" % (tier, storage_class))
    now = state.thaw_now()
    if obj.restore and now < obj.restore[0]:
        raise S3Error(409, "RestoreAlreadyInProgress", "Object restore is already in progress")
    if obj.restore and now < obj.restore[1]:
        obj.restore = (obj.restore[0], midnight_after(now + int(days) * DAY))
        return Answer(200)
    ready = now + THAW_SECONDS[(storage_class, tier)]
    obj.restore = (ready, midnight_after(ready + int(days) * DAY))
    return Answer(202)
