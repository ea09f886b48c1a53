"""Calls on a bucket: listings, lifecycle, versioning. Source: Amazon S3 API Reference."""

from urllib.parse import quote

from markup import document, parse
from objects import delete_object, xml_date
from state import COLD, S3Error
from web import Answer


def encoder(request):
    """Keys as the client asked for them."""
    return (lambda text: quote(text, safe="/-_.~*")) if request.query.get("encoding-type") == "url" else (lambda text: text)


def page_size(request, state, name):
    asked = request.query.get(name)
    return min(int(asked) if asked else 1000, state.options.page_size)


def folded(keys, prefix, delimiter):
    """Keys and common prefixes, in order: (text, is_prefix)."""
    result, seen = [], set()
    for key in sorted(keys):
        rest = key[len(prefix):]
        if delimiter and delimiter in rest:
            common = prefix + rest.partition(delimiter)[0] + delimiter
            if common not in seen:
                seen.add(common)
                result.append((common, True))
        else:
            result.append((key, False))
    return result


def restore_status(state, obj):
    if not obj.restore or obj.settings["class"] not in COLD or state.thaw_now() >= obj.restore[1]:
        return None
    if state.thaw_now() < obj.restore[0]:
        return [("IsRestoreInProgress", "true")]
    return [("IsRestoreInProgress", "false"), ("RestoreExpiryDate", xml_date(obj.restore[1]))]


def list_objects(request, state, bucket, _key):
    query, encode = request.query, encoder(request)
    second = query.get("list-type") == "2"
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    after = query.get("continuation-token") or query.get("start-after", "") if second else query.get("marker", "")
    keys = [key for key in bucket.objects if key.startswith(prefix) and bucket.current(key)]
    entries = [entry for entry in folded(keys, prefix, delimiter) if entry[0] > after]
    most = page_size(request, state, "max-keys")
    page = entries[:most]
    truncated = len(entries) > len(page)
    content = [("Name", bucket.name), ("Prefix", encode(prefix)), ("MaxKeys", most), ("IsTruncated", "true" if truncated else "false"),
               ("EncodingType", query.get("encoding-type")), ("Delimiter", encode(delimiter) if delimiter else None)]
    if second:
        content += [("KeyCount", len(page)), ("NextContinuationToken", page[-1][0] if truncated else None)]
    elif truncated:
        content += [("NextMarker", encode(page[-1][0]))]
    optional = "RestoreStatus" in request.header("x-amz-optional-object-attributes")
    for text, is_prefix in page:
        if is_prefix:
            content.append(("CommonPrefixes", [("Prefix", encode(text))]))
            continue
        obj = bucket.current(text)
        content.append(("Contents", [("Key", encode(text)), ("LastModified", xml_date(obj.modified)), ("ETag", obj.etag), ("Size", obj.size),
                                     ("StorageClass", obj.settings["class"]), ("RestoreStatus", restore_status(state, obj) if optional else None)]))
    return Answer(200, document("ListBucketResult", content))


def list_versions(request, state, bucket, _key):
    query, encode = request.query, encoder(request)
    prefix = query.get("prefix", "")
    after = (query.get("key-marker", ""), query.get("version-id-marker", ""))
    entries = [(key, obj) for key in sorted(bucket.objects) if key.startswith(prefix) for obj in reversed(bucket.objects[key])]
    if after[0]:
        places = [i for i, (key, obj) in enumerate(entries) if key < after[0] or (key == after[0] and (not after[1] or obj.version >= after[1]))]
        entries = entries[places[-1] + 1:] if places else entries
    page = entries[:page_size(request, state, "max-keys")]
    truncated = len(entries) > len(page)
    content = [("Name", bucket.name), ("Prefix", encode(prefix)), ("IsTruncated", "true" if truncated else "false"), ("EncodingType", query.get("encoding-type")),
               ("NextKeyMarker", encode(page[-1][0]) if truncated else None), ("NextVersionIdMarker", page[-1][1].version if truncated else None)]
    for key, obj in page:
        fields = [("Key", encode(key)), ("VersionId", obj.version), ("IsLatest", "true" if obj is bucket.objects[key][-1] else "false"),
                  ("LastModified", xml_date(obj.modified))]
        if not obj.marker:
            fields += [("ETag", obj.etag), ("Size", obj.size), ("StorageClass", obj.settings["class"])]
        content.append(("DeleteMarker" if obj.marker else "Version", fields))
    return Answer(200, document("ListVersionsResult", content))


def list_uploads(request, state, bucket, _key):
    query, encode = request.query, encoder(request)
    prefix, marker, id_marker = query.get("prefix", ""), query.get("key-marker", ""), query.get("upload-id-marker", "")
    uploads = sorted((u for u in bucket.uploads.values() if u.key.startswith(prefix)), key=lambda u: (u.key, u.id))
    uploads = [u for u in uploads if u.key > marker or (u.key == marker and id_marker and u.id > id_marker)]
    page = uploads[:page_size(request, state, "max-uploads")]
    truncated = len(uploads) > len(page)
    content = [("Bucket", bucket.name), ("Prefix", encode(prefix)), ("IsTruncated", "true" if truncated else "false"), ("EncodingType", query.get("encoding-type")),
               ("NextKeyMarker", encode(page[-1].key) if truncated else None), ("NextUploadIdMarker", page[-1].id if truncated else None)]
    content += [("Upload", [("Key", encode(u.key)), ("UploadId", u.id), ("Initiated", xml_date(u.started)), ("StorageClass", u.settings["class"])]) for u in page]
    return Answer(200, document("ListMultipartUploadsResult", content))


def delete_objects(request, state, bucket, _key):
    root = parse(request.body)
    content = []
    for entry in root.iter("Object") if root is not None else []:
        key, version = entry.findtext("Key"), entry.findtext("VersionId")
        request.query = {"versionId": version} if version else {}
        try:
            delete_object(request, state, bucket, key)
            content.append(("Deleted", [("Key", key)]))
        except S3Error as error:
            content.append(("Error", [("Key", key), ("Code", error.code), ("Message", error.message)]))
    return Answer(200, document("DeleteResult", content))


def head_bucket(_request, _state, bucket, _key):
    return Answer(200, b"", {"x-amz-bucket-region": bucket.region})


def get_location(_request, _state, bucket, _key):
    return Answer(200, document("LocationConstraint", "" if bucket.region == "us-east-1" else bucket.region))


def get_versioning(_request, _state, bucket, _key):
    return Answer(200, document("VersioningConfiguration", [("Status", "Enabled")] if bucket.versioned else []))


def put_versioning(request, _state, bucket, _key):
    bucket.versioned = parse(request.body).findtext("Status") == "Enabled"
    return Answer(200)


def get_lifecycle(_request, _state, bucket, _key):
    if bucket.lifecycle is None:
        raise S3Error(404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
    return Answer(200, bucket.lifecycle)


def put_lifecycle(request, _state, bucket, _key):
    if parse(request.body) is None:
        raise S3Error(400, "MalformedXML")
    bucket.lifecycle = request.body
    return Answer(200)


def get_object_lock(_request, _state, bucket, _key):
    if not bucket.lock:
        raise S3Error(404, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")
    return Answer(200, document("ObjectLockConfiguration", [("ObjectLockEnabled", "Enabled")]))


def list_buckets(state):
    entries = [("Bucket", [("Name", name), ("CreationDate", xml_date(state.begun))]) for name in sorted(state.buckets)]
    return Answer(200, document("ListAllMyBucketsResult", [("Owner", [("ID", "owner")]), ("Buckets", entries)]))


def create_bucket(request, state, name):
    if name in state.buckets:
        raise S3Error(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
    root = parse(request.body) if request.body else None
    region = root.findtext("LocationConstraint") if root is not None else None
    words = [name, region or "us-east-1"] + (["lock"] if request.header("x-amz-bucket-object-lock-enabled").lower() == "true" else [])
    state.add_bucket(":".join(words))
    return Answer(200, b"", {"Location": "/" + name})


def delete_bucket(_request, state, bucket, _key):
    if bucket.objects or bucket.uploads:
        raise S3Error(409, "BucketNotEmpty", "The bucket you tried to delete is not empty")
    del state.buckets[bucket.name]
    return Answer(204)
