"""Archives in one piece, and code shared with parts. Source: S3 Glacier Developer
Guide, "Archive Operations"."""

import re

from ..content import Content, Forgotten
from ..wire import Answer
from . import lock
from .errors import invalid, missing, not_found
from .model import ARCHIVE_ID_LENGTH, Archive
from .vaults import find as find_vault

TREE_HASH = "x-amz-sha256-tree-hash"
HEX = re.compile(r"[0-9a-f]{64}")
DESCRIPTION = re.compile(r"[\x20-\x7e]{0,1024}")
LARGEST_UPLOAD = 4 << 30


def read_description(request):
    text = request.header("x-amz-archive-description")
    if not DESCRIPTION.fullmatch(text):
        raise invalid("Invalid archive description: up to 1,024 characters from 0x20 to 0x7E")
    return text


def stated_tree_hash(request):
    text = request.headers.get(TREE_HASH)
    if text is None:
        raise missing("x-amz-sha256-tree-hash")
    if not HEX.fullmatch(text):
        raise invalid("Invalid x-amz-sha256-tree-hash: " + text)
    return text


def check_tree_hash(stated, computed):
    if stated != computed:
        raise invalid("Checksum mismatch: expected %s but computed %s" % (stated, computed))


def take_body(state, request):
    """(content, tree hash, leaves) of a body with correct hashes."""
    stated, hasher = stated_tree_hash(request), request.body.hashers["sha256-tree"]
    check_tree_hash(stated, hasher.digest().hex())
    size = request.body.size
    if request.forget_body:
        return Forgotten(size), stated, None
    return Content([(request.body.take(state.new_path), size)]), stated, hasher.leaves()


def answer_of(vault, archive):
    return Answer(201, {"Location": vault.path("archives", archive.id),
                        "x-amz-archive-id": archive.id, TREE_HASH: archive.tree_hash})


def upload_archive(state, request):
    vault, description = find_vault(state, request), read_description(request)
    if not 1 <= request.body.size <= LARGEST_UPLOAD:
        raise invalid("Invalid content length: %d" % request.body.size)
    glacier = state.glacier
    archive = Archive(glacier.new_id(ARCHIVE_ID_LENGTH), description, glacier.now(),
                      *take_body(state, request))
    glacier.put(vault, archive)
    return answer_of(vault, archive)


def find(vault, archive_id):
    archive = vault.archives.get(archive_id)
    if archive is None:
        raise not_found("The archive ID was not found: " + archive_id)
    return archive


def delete_archive(state, request):
    """A repetition is not an error. A requested archive can be retrieved even if it is deleted in
    the meantime."""
    vault = find_vault(state, request)
    if request.item in vault.deleted:
        return Answer(204)
    archive = find(vault, request.item)
    lock.check_deletion(state, vault, archive)
    state.glacier.remove(vault, archive)
    return Answer(204)
