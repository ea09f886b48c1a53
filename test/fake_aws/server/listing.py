"""All paged listings."""

import base64

from . import multipart
from .digests import element_name
from .errors import invalid_argument
from .markup import boolean, iso_time, url_encoded
from .wire import xml_answer

OWNER = [("ID", "111122223333"), ("DisplayName", "fake")]
MOST = 1000


class Page:
    """One page of (sort key, name, item): contents and common prefixes together, in order."""

    def __init__(self, entries, prefix, delimiter, after, limit):
        self.items, self.prefixes, self.is_truncated, self.last = [], [], False, None
        for position, name, item in entries:
            if not name.startswith(prefix):
                continue
            cut = name.find(delimiter, len(prefix)) if delimiter else -1
            common = name[:cut + len(delimiter)] if cut >= 0 else None
            if ((after is not None and position <= after) or
                    (common is not None and after is not None and common == after[0])):
                continue
            if common is not None and self.prefixes and self.prefixes[-1] == common:
                continue
            if len(self.items) + len(self.prefixes) >= limit:
                self.is_truncated = limit > 0
                return
            if common is not None:
                self.prefixes.append(common)
                self.last = (common,)
            else:
                self.items.append(item)
                self.last = position


class Encoding:
    def __init__(self, request):
        self.kind = request.query.get("encoding-type")
        if self.kind not in (None, "url"):
            raise invalid_argument("Invalid Encoding Method specified in Request",
                                   "encoding-type", self.kind)

    def __call__(self, text):
        return url_encoded(text) if self.kind and text is not None else text


def limit_of(state, request, name):
    """(the value in the answer, the maximum number of items)"""
    text = request.query.get(name, str(MOST))
    if not text.isdigit() or int(text) > 2147483647:
        raise invalid_argument("Provided %s not an integer or within integer range" % name,
                               name, text)
    shown = min(int(text), MOST)
    return shown, min(shown, state.options.page_size)


def prefixes_elements(page, encode):
    return [("CommonPrefixes", [("Prefix", encode(prefix))]) for prefix in page.prefixes]


def restore_status(request, version, now):
    if ("RestoreStatus" not in request.header("x-amz-optional-object-attributes") or
            version.restore is None):
        return None
    if version.restore.is_ongoing(now):
        return [("IsRestoreInProgress", "true")]
    if version.restore.is_readable(now):
        return [("IsRestoreInProgress", "false"),
                ("RestoreExpiryDate", iso_time(version.restore.until))]
    return None


def described(state, request, version, encode, with_owner):
    algorithm = next(iter(version.checksums), None)
    return [("Key", encode(version.key)), ("LastModified", iso_time(version.modified)),
            ("ETag", version.etag), ("ChecksumAlgorithm", algorithm and algorithm.upper()),
            ("ChecksumType", version.checksum_type or None), ("Size", version.size),
            ("StorageClass", version.settings.storage_class),
            ("Owner", OWNER if with_owner else None),
            ("RestoreStatus", restore_status(request, version, state.clock.thaws()))]


def current_entries(bucket):
    for key in sorted(bucket.objects):
        version = bucket.current(key)
        if version is not None:
            yield (key,), key, version


def list_objects(state, request):
    version_2 = request.query.get("list-type")
    if version_2 not in (None, "2"):
        raise invalid_argument("Invalid List Type", "list-type", version_2)
    encode = Encoding(request)
    prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
    shown, limit = limit_of(state, request, "max-keys")
    after = start_of(request) if version_2 else request.query.get("marker", "")
    page = Page(current_entries(request.bucket), prefix, delimiter,
                (after,) if after else None, limit)
    with_owner = not version_2 or request.query.get("fetch-owner") == "true"
    content = [("Name", request.bucket.name), ("Prefix", encode(prefix)),
               ("Delimiter", encode(delimiter) if delimiter else None), ("MaxKeys", shown),
               ("EncodingType", encode.kind), ("IsTruncated", boolean(page.is_truncated))]
    if version_2:
        token = None
        if page.is_truncated:
            token = base64.urlsafe_b64encode(page.last[0].encode()).decode()
        content += [("KeyCount", len(page.items) + len(page.prefixes)),
                    ("ContinuationToken", request.query.get("continuation-token")),
                    ("NextContinuationToken", token),
                    ("StartAfter", encode(request.query.get("start-after")))]
    else:
        has_next = page.is_truncated and delimiter
        content += [("Marker", encode(after)),
                    ("NextMarker", encode(page.last[0]) if has_next else None)]
    content += [("Contents", described(state, request, version, encode, with_owner))
                for version in page.items]
    return xml_answer(200, "ListBucketResult", content + prefixes_elements(page, encode))


def start_of(request):
    token = request.query.get("continuation-token")
    if token is None:
        return request.query.get("start-after", "")
    try:
        return (base64.b64decode(token.encode(), b"-_", validate=True).decode() if token
                else no_token())
    except ValueError:
        raise invalid_argument("The continuation token provided is incorrect",
                               "continuation-token", token) from None


def no_token():
    raise invalid_argument("The continuation token provided is incorrect", "continuation-token", "")


def markers(request, second_name, what):
    """(key-marker, second marker); an empty marker is refused, as at Amazon."""
    first, second = request.query.get("key-marker", ""), request.query.get(second_name)
    if second == "":
        raise invalid_argument("A %s marker cannot be empty." % what, second_name, "")
    if second is not None and not first:
        raise invalid_argument("A %s marker cannot be specified without a key marker." % what,
                               second_name, second)
    return first, second


def version_entries(bucket):
    """The newest version first."""
    for key in sorted(bucket.objects):
        for place, version in enumerate(reversed(bucket.objects[key])):
            yield (key, place), key, version


def list_versions(state, request):
    bucket, encode = request.bucket, Encoding(request)
    prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
    shown, limit = limit_of(state, request, "max-keys")
    key_marker, id_marker = markers(request, "version-id-marker", "version-id")
    after = (key_marker, float("inf")) if key_marker else None
    if id_marker:
        places = [place
                  for place, version in enumerate(reversed(bucket.objects.get(key_marker, [])))
                  if version.version_id == id_marker]
        if not places and bucket.objects.get(key_marker):
            raise invalid_argument("Invalid version id specified", "version-id-marker", id_marker)
        after = (key_marker, places[0] if places else float("inf"))
    page = Page(version_entries(bucket), prefix, delimiter, after, limit)
    content = [("Name", bucket.name), ("Prefix", encode(prefix)), ("KeyMarker", encode(key_marker)),
               ("VersionIdMarker", id_marker or ""), ("MaxKeys", shown),
               ("Delimiter", encode(delimiter) if delimiter else None),
               ("EncodingType", encode.kind), ("IsTruncated", boolean(page.is_truncated))]
    if page.is_truncated:
        content.append(("NextKeyMarker", encode(page.last[0])))
        if len(page.last) == 2:
            content.append(("NextVersionIdMarker",
                            bucket.objects[page.last[0]][-1 - page.last[1]].version_id))
    now_current = {id(versions[-1]) for versions in bucket.objects.values()}
    for version in page.items:
        identity = [("VersionId", version.version_id),
                    ("IsLatest", boolean(id(version) in now_current))]
        if version.is_marker:
            content.append(("DeleteMarker", [("Key", encode(version.key)), *identity,
                                             ("LastModified", iso_time(version.modified)),
                                             ("Owner", OWNER)]))
        else:
            content.append(("Version", described(state, request, version, encode, True) + identity))
    return xml_answer(200, "ListVersionsResult", content + prefixes_elements(page, encode))


def list_uploads(state, request):
    bucket, encode = request.bucket, Encoding(request)
    prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
    shown, limit = limit_of(state, request, "max-uploads")
    # Without a key-marker, Amazon ignores the other one.
    key_marker = request.query.get("key-marker", "")
    id_marker = markers(request, "upload-id-marker", "upload-id")[1] if key_marker else None
    if not key_marker and request.query.get("upload-id-marker") == "":
        raise invalid_argument("An upload-id marker cannot be empty.", "upload-id-marker", "")
    after = (key_marker, id_marker or "\U0010FFFF") if key_marker else None
    uploads = sorted(bucket.uploads.values(), key=lambda upload: (upload.key, upload.id))
    page = Page((((upload.key, upload.id), upload.key, upload) for upload in uploads),
                prefix, delimiter, after, limit)
    content = [("Bucket", bucket.name), ("KeyMarker", encode(key_marker)),
               ("UploadIdMarker", id_marker or ""), ("Prefix", encode(prefix)),
               ("Delimiter", encode(delimiter) if delimiter else None), ("MaxUploads", shown),
               ("EncodingType", encode.kind), ("IsTruncated", boolean(page.is_truncated))]
    if page.is_truncated:
        content += [("NextKeyMarker", encode(page.last[0])),
                    ("NextUploadIdMarker", page.last[1] if len(page.last) == 2 else "")]
    for upload in page.items:
        content.append(("Upload", [("Key", encode(upload.key)), ("UploadId", upload.id),
                                   ("Initiator", OWNER), ("Owner", OWNER),
                                   ("StorageClass", upload.settings.storage_class),
                                   ("Initiated", iso_time(upload.started)),
                                   ("ChecksumAlgorithm", upload.algorithm.upper() or None),
                                   ("ChecksumType", upload.checksum_type or None)]))
    return xml_answer(200, "ListMultipartUploadsResult", content + prefixes_elements(page, encode))


def list_parts(state, request):
    upload = multipart.find(request)
    shown, limit = limit_of(state, request, "max-parts")
    text = request.query.get("part-number-marker", "0")
    if not text.isdigit():
        raise invalid_argument("Argument part-number-marker must be an integer",
                               "part-number-marker", text)
    rest = [upload.parts[number] for number in sorted(upload.parts) if number > int(text)]
    page = rest[:limit]
    content = [("Bucket", request.bucket.name), ("Key", upload.key), ("UploadId", upload.id),
               ("Initiator", OWNER), ("Owner", OWNER),
               ("StorageClass", upload.settings.storage_class), ("PartNumberMarker", text),
               ("NextPartNumberMarker", page[-1].number if page else 0), ("MaxParts", shown),
               ("IsTruncated", boolean(limit > 0 and len(page) < len(rest))),
               ("ChecksumAlgorithm", upload.algorithm.upper() or None),
               ("ChecksumType", upload.checksum_type or None)]
    for part in page:
        content.append(("Part",
                        [("PartNumber", part.number), ("LastModified", iso_time(part.modified)),
                         ("ETag", part.etag), ("Size", part.content.size),
                         *((element_name(name), value) for name, value in part.checksums.items())]))
    return xml_answer(200, "ListPartsResult", content)
