"""Multipart uploads. Source: Amazon S3 API Reference."""

import base64
import hashlib

from markup import document, parse
from objects import check_body, check_condition, keep_body, read_settings, with_version, xml_date
from state import Object, S3Error, Upload
from web import Answer


def find_upload(request, bucket, key):
    upload = bucket.uploads.get(request.query["uploadId"])
    if upload is None or upload.key != key:
        raise S3Error(404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
    return upload


def create(request, state, bucket, key):
    upload = Upload(key, state.next_id("upload"), read_settings(request, bucket, state))
    upload.algorithm = request.header("x-amz-checksum-algorithm").upper()
    bucket.uploads[upload.id] = upload
    return Answer(200, document("InitiateMultipartUploadResult", [("Bucket", bucket.name), ("Key", key), ("UploadId", upload.id)]))


def upload_part(request, state, bucket, key):
    upload = find_upload(request, bucket, key)
    number = int(request.query["partNumber"]) if request.query["partNumber"].isdigit() else 0
    if not 1 <= number <= 10000:
        raise S3Error(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
    checksum = check_body(request)
    if upload.algorithm == "SHA256" and not checksum:
        raise S3Error(400, "InvalidRequest", "The upload was created using a sha256 checksum. The complete request must include the checksum for each part.")
    files = keep_body(request, state)
    if number in upload.parts:
        state.forget([upload.parts[number][:2]])
    etag = '"%s"' % request.md5
    upload.parts[number] = (files[0][0], files[0][1], etag, checksum)
    headers = {"ETag": etag}
    if checksum:
        headers["x-amz-checksum-sha256"] = checksum
    return Answer(200, b"", headers)


def listed_parts(request):
    root = parse(request.body)
    if root is None or root.tag != "CompleteMultipartUpload" or not len(root):
        raise S3Error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
    return [(int(part.findtext("PartNumber")), (part.findtext("ETag") or "").strip('"'), part.findtext("ChecksumSHA256")) for part in root.iter("Part")]


def check_parts(state, upload, listed):
    numbers = [number for number, _, _ in listed]
    if numbers != sorted(set(numbers)):
        raise S3Error(400, "InvalidPartOrder", "The list of parts was not in ascending order.")
    for number, etag, checksum in listed:
        part = upload.parts.get(number)
        wrong_checksum = part and (checksum or upload.algorithm == "SHA256") and part[3] != checksum
        if part is None or part[2].strip('"') != etag or wrong_checksum:
            raise S3Error(400, "InvalidPart", "One or more of the specified parts could not be found or did not match.", {"PartNumber": number})
        if part[1] < state.options.min_part_size and number != numbers[-1]:
            raise S3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {"PartNumber": number})


def complete(request, state, bucket, key):
    upload = find_upload(request, bucket, key)
    listed = listed_parts(request)
    check_parts(state, upload, listed)
    check_condition(request, bucket, key)
    parts = [upload.parts[number] for number, _, _ in listed]
    obj = Object(key, [(path, size) for path, size, _, _ in parts], upload.settings)
    obj.parts = [(number, upload.parts[number][1], upload.parts[number][3]) for number, _, _ in listed]
    obj.etag = '"%s-%d"' % (hashlib.md5(b"".join(bytes.fromhex(part[2].strip('"')) for part in parts)).hexdigest(), len(parts))
    if all(part[3] for part in parts):
        whole = hashlib.sha256(b"".join(base64.b64decode(part[3]) for part in parts)).digest()
        obj.sha256 = "%s-%d" % (base64.b64encode(whole).decode(), len(parts))
    used = {number for number, _, _ in listed}
    state.forget([part[:2] for number, part in upload.parts.items() if number not in used])
    del bucket.uploads[upload.id]
    state.put(bucket, obj)
    return Answer(200, document("CompleteMultipartUploadResult", [("Bucket", bucket.name), ("Key", key), ("ETag", obj.etag), ("ChecksumSHA256", obj.sha256)]),
                  with_version({}, bucket, obj))


def abort(request, state, bucket, key):
    upload = find_upload(request, bucket, key)
    state.forget([part[:2] for part in upload.parts.values()])
    del bucket.uploads[upload.id]
    return Answer(204)


def list_parts(request, state, bucket, key):
    upload = find_upload(request, bucket, key)
    marker = int(request.query.get("part-number-marker") or 0)
    later = [number for number in sorted(upload.parts) if number > marker]
    page = later[:state.options.page_size]
    entries = [("Part", [("PartNumber", n), ("LastModified", xml_date(upload.started)), ("ETag", upload.parts[n][2]), ("Size", upload.parts[n][1]),
                         ("ChecksumSHA256", upload.parts[n][3])]) for n in page]
    return Answer(200, document("ListPartsResult", [
        ("Bucket", bucket.name), ("Key", key), ("UploadId", upload.id), ("PartNumberMarker", marker), ("NextPartNumberMarker", page[-1] if page else 0),
        ("MaxParts", state.options.page_size), ("IsTruncated", "true" if len(later) > len(page) else "false")] + entries))
