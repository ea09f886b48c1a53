"""Deletes objects and versions, as far as locks allow."""

from .buckets import read_document
from .errors import S3Error, access_denied, malformed_xml
from .markup import boolean, text_of
from .model import Version
from .wire import Answer, xml_answer


def remove(state, bucket, key, version_id, bypass):
    """(version id of the removed or created version, whether it is a marker), either may be None.
    Raises if a lock forbids it."""
    if version_id:
        version = bucket.version(key, version_id)
        if version is None:
            return version_id, None
        if version.is_locked(state.clock.thaws(), bypass):
            raise access_denied("Access Denied because object protected by object lock.")
        state.remove(bucket, version)
        return version_id, version.is_marker or None
    if not bucket.versioning:
        version = bucket.newest(key)
        if version is not None:
            state.remove(bucket, version)
        return None, None
    marker = Version(key, state.clock.requests())
    marker.is_marker = True
    state.put(bucket, marker)
    return marker.version_id, True


def bypasses(request):
    return request.header("x-amz-bypass-governance-retention").lower() == "true"


def delete_object(state, request):
    version_id, is_marker = remove(state, request.bucket, request.key,
                                   request.query.get("versionId"), bypasses(request))
    headers = {}
    if version_id:
        headers["x-amz-version-id"] = version_id
    if is_marker:
        headers["x-amz-delete-marker"] = "true"
    return Answer(204, headers)


def delete_objects(state, request):
    root = read_document(request, "Delete")
    entries = root.findall("Object")
    if not 1 <= len(entries) <= 1000:
        raise malformed_xml()
    quiet = text_of(root, "Quiet") == "true"
    results = []
    for entry in entries:
        # A key may begin or end with blanks.
        node = entry.find("Key")
        key, version_id = (node.text or "") if node is not None else "", text_of(entry, "VersionId")
        if not key:
            raise malformed_xml()
        try:
            if version_id and not request.signature.key.may("s3:DeleteObjectVersion"):
                raise access_denied()
            done, is_marker = remove(state, request.bucket, key, version_id, bypasses(request))
        except S3Error as error:
            results.append(("Error", [("Key", key), ("VersionId", version_id), ("Code", error.code),
                                      ("Message", error.message)]))
            continue
        if not quiet:
            results.append(("Deleted", [("Key", key), ("VersionId", version_id),
                                        ("DeleteMarker", boolean(True) if is_marker else None),
                                        ("DeleteMarkerVersionId", done if is_marker else None)]))
    return xml_answer(200, "DeleteResult", results)
