"""Multipart uploads. Source: S3 Glacier Developer Guide, "Multipart Upload Operations"."""

import re

from ..content import Content, Forgotten
from ..markup import iso_time
from ..treehash import MIB, combine
from ..wire import Answer
from .archives import (TREE_HASH, answer_of, check_tree_hash, read_description, stated_tree_hash,
                       take_body)
from .errors import invalid, json_answer, missing, not_found
from .model import ARCHIVE_ID_LENGTH, Archive, Part, Upload
from .paging import page_of
from .vaults import find as find_vault

CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/\*")
PART_SIZES = [MIB << power for power in range(13)]
MOST_PARTS = 10000


def find(vault, upload_id):
    upload = vault.uploads.get(upload_id)
    if upload is None:
        raise not_found("The upload ID was not found: " + upload_id)
    return upload


def initiate(state, request):
    vault, description = find_vault(state, request), read_description(request)
    text = request.headers.get("x-amz-part-size")
    if text is None:
        raise missing("x-amz-part-size")
    if not text.isdigit() or int(text) not in PART_SIZES:
        raise invalid("Invalid part size: %s. Part size must be a power of two and be between "
                      "1048576 and 4294967296 bytes" % text)
    upload = Upload(state.glacier.new_id(), description, int(text), state.glacier.now())
    vault.uploads[upload.id] = upload
    return Answer(201, {"Location": vault.path("multipart-uploads", upload.id),
                        "x-amz-multipart-upload-id": upload.id})


def read_range(request, upload):
    """The first byte of a part in a valid place."""
    text = request.headers.get("content-range")
    if text is None:
        raise missing("Content-Range")
    match = CONTENT_RANGE.fullmatch(text)
    if not match:
        raise invalid("Invalid Content-Range: " + text)
    begin, end = int(match.group(1)), int(match.group(2)) + 1
    if end - begin != request.body.size:
        raise invalid("Invalid Content-Range: %s is not of %d bytes" % (text, request.body.size))
    if begin % upload.part_size or not 1 <= end - begin <= upload.part_size:
        raise invalid("Content-Range: %s is incompatible with Upload ID: %s with part size: %d" %
                      (text, upload.id, upload.part_size))
    if begin // upload.part_size >= MOST_PARTS:
        raise invalid("Invalid Content-Range: %s is beyond part %d" % (text, MOST_PARTS))
    return begin


def put_part(state, upload, part):
    replaced = upload.parts.get(part.begin)
    upload.parts[part.begin] = part
    upload.active = state.glacier.now()
    if replaced is not None:
        replaced.content.remove()


def upload_part(state, request):
    """A short part is accepted anywhere: it may turn out to be the last."""
    upload = find(find_vault(state, request), request.item)
    begin = read_range(request, upload)
    part = Part(begin, *take_body(state, request))
    put_part(state, upload, part)
    return Answer(204, {TREE_HASH: part.tree_hash})


def described(vault, upload):
    return {"MultipartUploadId": upload.id, "VaultARN": vault.arn,
            "ArchiveDescription": upload.description or None, "PartSizeInBytes": upload.part_size,
            "CreationDate": iso_time(upload.created)}


def list_parts(state, request):
    vault = find_vault(state, request)
    upload = find(vault, request.item)
    parts = [upload.parts[begin] for begin in sorted(upload.parts)]
    page, marker = page_of(state, request, parts, lambda part: str(part.begin))
    listed = [{"RangeInBytes": "%d-%d" % (part.begin, part.begin + part.size - 1),
               "SHA256TreeHash": part.tree_hash} for part in page]
    return json_answer(200, {**described(vault, upload), "Parts": listed, "Marker": marker})


def list_uploads(state, request):
    vault = find_vault(state, request)
    page, marker = page_of(state, request, list(vault.uploads.values()), lambda upload: upload.id)
    return json_answer(200, {"UploadsList": [described(vault, upload) for upload in page],
                             "Marker": marker})


def drop(vault, upload):
    del vault.uploads[upload.id]
    for part in upload.parts.values():
        part.content.remove()


def abort(state, request):
    vault = find_vault(state, request)
    if request.item not in vault.aborted:
        drop(vault, find(vault, request.item))
        vault.aborted.add(request.item)
    return Answer(204)


def complete(state, request):
    """A failed call does not change the upload; a successful one may be repeated for some time."""
    vault, glacier = find_vault(state, request), state.glacier
    size, stated = request.headers.get("x-amz-archive-size"), stated_tree_hash(request)
    if size is None:
        raise missing("x-amz-archive-size")
    again, when = vault.completed.get(request.item, (None, 0))
    if again is not None and glacier.now() <= when + glacier.repeat_seconds:
        if (str(again.size), again.tree_hash) != (size, stated):
            raise invalid("The upload was completed with another size or tree hash: " +
                          request.item)
        return answer_of(vault, again)
    upload = find(vault, request.item)
    parts = whole_parts(upload, size)
    tree_hash = combine([bytes.fromhex(part.tree_hash) for part in parts]).hex()
    check_tree_hash(stated, tree_hash)
    archive = Archive(glacier.new_id(ARCHIVE_ID_LENGTH), upload.description, glacier.now(),
                      joined(parts), tree_hash, joined_leaves(parts))
    del vault.uploads[upload.id]
    vault.completed[upload.id] = (archive, archive.created)
    glacier.put(vault, archive)
    return answer_of(vault, archive)


def whole_parts(upload, stated_size):
    """All parts in order, if they leave no gap and have the size that the client states."""
    parts = [upload.parts[begin] for begin in sorted(upload.parts)]
    if not parts:
        raise invalid("No parts were uploaded: " + upload.id)
    at = 0
    for part in parts:
        if part.begin != at:
            raise invalid("Missing content range: %d-%d" % (at, part.begin - 1))
        at += part.size
    if stated_size != str(at):
        raise invalid("Archive size mismatch: expected %s but was %d" % (stated_size, at))
    return parts


def joined(parts):
    if any(isinstance(part.content, Forgotten) for part in parts):
        for part in parts:
            part.content.remove()
        return Forgotten(sum(part.size for part in parts))
    return Content([file for part in parts for file in part.content.files])


def joined_leaves(parts):
    if any(part.leaves is None for part in parts):
        return None
    return [leaf for part in parts for leaf in part.leaves]
