"""Multipart uploads. Source: S3 API Reference, CreateMultipartUpload and its siblings."""

import hashlib

from . import digests, settings
from .bodies import check_digests, check_payload
from .content import Content
from .digests import element_name
from .errors import S3Error, invalid_argument, invalid_request, malformed_xml, no_such_upload
from .markup import parse, text_of
from .model import Part, Upload, Version
from .objects import check_capacity, check_condition
from .wire import Answer, xml_answer

MOST_PARTS = 10000
ONLY_FULL = ("crc64nvme",)
ONLY_COMPOSITE = ("sha1", "sha256")


def find(request):
    upload = request.bucket.uploads.get(request.query["uploadId"])
    if upload is None or upload.key != request.key:
        raise no_such_upload(request.query["uploadId"])
    return upload


def checksum_choice(request):
    """(algorithm, type), both "" if the client chose none."""
    algorithm = request.header("x-amz-checksum-algorithm").lower()
    kind = request.header("x-amz-checksum-type").upper()
    if not algorithm:
        if kind:
            raise invalid_request("The x-amz-checksum-type header can only be used with the "
                                  "x-amz-checksum-algorithm header.")
        return "", ""
    if algorithm not in digests.SIZES:
        raise invalid_request("Checksum algorithm provided is unsupported. Please try again with "
                              "any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
    if kind not in ("", "COMPOSITE", "FULL_OBJECT"):
        raise invalid_request("Value for x-amz-checksum-type header is invalid.")
    if ((kind == "FULL_OBJECT" and algorithm in ONLY_COMPOSITE) or
            (kind == "COMPOSITE" and algorithm in ONLY_FULL)):
        raise invalid_request("The %s checksum type cannot be used with the %s checksum "
                              "algorithm." % (kind, algorithm))
    return algorithm, kind or ("FULL_OBJECT" if algorithm in ONLY_FULL else "COMPOSITE")


def create(state, request):
    check_digests(request)
    wanted = settings.read_settings(request, state)
    algorithm, kind = checksum_choice(request)
    upload = Upload(request.key, state.new_upload_id(), wanted, algorithm, kind,
                    state.clock.requests())
    request.bucket.uploads[upload.id] = upload
    headers = settings.encryption_headers(wanted)
    if algorithm:
        headers.update({"x-amz-checksum-algorithm": algorithm.upper(), "x-amz-checksum-type": kind})
    return xml_answer(
        200, "InitiateMultipartUploadResult",
        [("Bucket", request.bucket.name), ("Key", request.key), ("UploadId", upload.id)], headers)


def upload_part(state, request):
    text = request.query.get("partNumber", "")
    if not text.isdigit() or not 1 <= int(text) <= MOST_PARTS:
        raise invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                               "partNumber", text)
    settings.refuse_unknown(request)
    upload, checksums = find(request), check_digests(request)
    sent = next(iter(checksums), "")
    if upload.algorithm and sent != upload.algorithm:
        raise invalid_request("Checksum Type mismatch occurred, expected checksum Type: %s, actual "
                              "checksum Type: %s" % (upload.algorithm, sent or "null"))
    check_capacity(state, request.body.size)
    size = request.body.size
    etag = '"%s"' % request.body.digest("md5").hex()
    content = Content([(request.body.take(state.new_path), size)])
    replaced = upload.parts.get(int(text))
    upload.parts[int(text)] = Part(int(text), content, etag, checksums, state.clock.requests())
    if replaced is not None:
        replaced.content.remove()
    return Answer(200, {"ETag": etag, **settings.encryption_headers(upload.settings),
                        **settings.checksum_headers(checksums, "")})


def abort(state, request):
    upload = find(request)
    del request.bucket.uploads[upload.id]
    for part in upload.parts.values():
        part.content.remove()
    return Answer(204)


def complete(state, request):
    # x-amz-checksum-… is the object's here, not the body's.
    root = parse(request.body.read(), "CompleteMultipartUpload")
    if root is None:
        raise malformed_xml()
    check_payload(request)
    again = request.bucket.completed.get(request.query["uploadId"])
    if again and state.options.repeat_complete:
        version = request.bucket.version(*again)
        if version is not None:
            return completed_answer(request, version)
    upload = find(request)
    parts = chosen_parts(state, upload, root)
    check_stated_size(request, parts)
    check_condition(request)
    version = assembled(state, request, upload, parts)
    del request.bucket.uploads[upload.id]
    for part in upload.parts.values():
        if part not in parts:
            part.content.remove()
    state.put(request.bucket, version)
    request.bucket.completed[upload.id] = (version.key, version.version_id)
    return completed_answer(request, version)


def chosen_parts(state, upload, root):
    """The parts that the client lists, each compared with what was uploaded."""
    entries = root.findall("Part")
    if not 1 <= len(entries) <= MOST_PARTS:
        raise malformed_xml()
    parts, last = [], 0
    for entry in entries:
        number = text_of(entry, "PartNumber") or ""
        if not number.isdigit() or text_of(entry, "ETag") is None:
            raise malformed_xml()
        if int(number) <= last:
            raise S3Error(400, "InvalidPartOrder", "The list of parts was not in ascending order. "
                                                   "Parts must be ordered by part number.",
                          {"UploadId": upload.id})
        last = int(number)
        parts.append(matching_part(upload, entry, last))
    for part in parts[:-1]:
        if part.content.size < state.options.min_part_size:
            raise S3Error(400, "EntityTooSmall",
                          "Your proposed upload is smaller than the minimum allowed size",
                          {"ProposedSize": str(part.content.size),
                           "MinSizeAllowed": str(state.options.min_part_size),
                           "PartNumber": str(part.number), "ETag": part.etag.strip('"')})
    return parts


def matching_part(upload, entry, number):
    part, etag = upload.parts.get(number), text_of(entry, "ETag").strip('"')
    stated = {name: text_of(entry, element_name(name)) for name in digests.SIZES
              if entry.find(element_name(name)) is not None}
    if upload.checksum_type == "COMPOSITE" and upload.algorithm not in stated:
        raise invalid_request("The upload was created using a %s checksum. The complete request "
                              "must include the checksum for each part. It was missing for part %d "
                              "in the request." % (upload.algorithm, number))
    if (part is None or part.etag.strip('"') != etag or
            any(part.checksums.get(name) != value for name, value in stated.items())):
        raise S3Error(400, "InvalidPart", "One or more of the specified parts could not be found.  "
                                          "The part may not have been uploaded, or the specified "
                                          "entity tag may not match the part's entity tag.",
                      {"UploadId": upload.id, "PartNumber": str(number), "ETag": etag})
    return part


def check_stated_size(request, parts):
    stated = request.headers.get("x-amz-mp-object-size")
    size = sum(part.content.size for part in parts)
    if stated is not None and stated != str(size):
        raise invalid_request("The provided 'x-amz-mp-object-size' header value %s does not match "
                              "what was computed: %d" % (stated, size))


def assembled(state, request, upload, parts):
    version = Version(upload.key, state.clock.requests())
    version.settings = upload.settings
    version.content = Content([file for part in parts for file in part.content.files])
    joined = b"".join(bytes.fromhex(part.etag.strip('"')) for part in parts)
    version.etag = '"%s-%d"' % (hashlib.md5(joined).hexdigest(), len(parts))
    version.parts = [(part.number, part.content.size, part.checksums) for part in parts]
    algorithm = upload.algorithm
    if algorithm:
        version.checksum_type = upload.checksum_type
        version.checksums = {algorithm: whole_checksum(upload, version, parts)}
    stated = {name: request.header(digests.HEADER + name)
              for name in digests.algorithms_in(request.headers)}
    if len(stated) > 1 or any(name != algorithm for name in stated):
        raise invalid_request("Checksum Type mismatch occurred, expected checksum Type: %s, actual "
                              "checksum Type: %s" % (algorithm or "null", ", ".join(stated)))
    for name, value in stated.items():
        if value not in (version.checksums[name], version.checksums[name].partition("-")[0]):
            raise S3Error(400, "BadDigest",
                          "The %s you specified did not match the calculated checksum." % name)
    return version


def whole_checksum(upload, version, parts):
    algorithm = upload.algorithm
    if upload.checksum_type == "FULL_OBJECT":
        return digests.base64_of(version.content.digest(digests.new(algorithm)))
    # Amazon's own answer to gaps in an upload with checksums of its parts.
    if [part.number for part in parts] != list(range(1, len(parts) + 1)):
        raise S3Error(500, "InternalError", "We encountered an internal error. Please try again.")
    return digests.composite(algorithm, [part.checksums[algorithm] for part in parts])


def completed_answer(request, version):
    checksums = [(element_name(name), value) for name, value in version.checksums.items()]
    content = [("Location", "http://%s%s" % (request.header("host"), request.raw_path)),
               ("Bucket", request.bucket.name), ("Key", version.key), ("ETag", version.etag),
               *checksums, ("ChecksumType", version.checksum_type or None)]
    headers = {**settings.encryption_headers(version.settings),
               **settings.version_headers(request.bucket, version)}
    return xml_answer(200, "CompleteMultipartUploadResult", content, headers)
