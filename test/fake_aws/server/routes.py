"""From a request's path, host and query to the bucket, the key and the operation. Source:
S3 API Reference, "Actions"."""

import re
from urllib.parse import unquote_to_bytes

from . import attributes, buckets, deletion, listing, multipart, objects, restore, retention
from .errors import S3Error, not_implemented

BUCKET_NAME = re.compile(
    r"(?!\d+\.\d+\.\d+\.\d+$)(?!xn--)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
IP_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+|\[.*\]")
VIRTUAL_HOST = re.compile(r"(.+)\.s3[.-].*")
LONGEST_KEY = 1024
# Parameters that choose the operation; all others modify it.
CHOOSING = ("uploads", "uploadId", "attributes", "restore", "tagging", "retention", "legal-hold",
            "versions", "versioning", "location", "lifecycle", "object-lock", "delete", "acl",
            "policy", "policyStatus", "cors", "encryption", "notification", "website", "logging",
            "replication", "accelerate", "requestPayment", "ownershipControls", "publicAccessBlock",
            "torrent", "select", "analytics", "inventory", "metrics", "intelligent-tiering",
            "append", "renameObject", "metadataTable")


class Operation:
    """`permission`: the action that the key needs; `act`: makes the answer."""

    def __init__(self, name, permission, act):
        self.name, self.permission, self.act = name, permission, act


# (level, method, choosing parameter): operation
OPERATIONS = {
    ("service", "GET", ""): Operation("ListBuckets", "s3:ListAllMyBuckets", buckets.list_buckets),
    ("bucket", "PUT", ""): Operation("CreateBucket", "s3:CreateBucket", buckets.create_bucket),
    ("bucket", "DELETE", ""): Operation("DeleteBucket", "s3:DeleteBucket", buckets.delete_bucket),
    ("bucket", "HEAD", ""): Operation("HeadBucket", "s3:ListBucket", buckets.head_bucket),
    ("bucket", "GET", ""): Operation("ListObjects", "s3:ListBucket", listing.list_objects),
    ("bucket", "GET", "versions"):
        Operation("ListObjectVersions", "s3:ListBucketVersions", listing.list_versions),
    ("bucket", "GET", "uploads"):
        Operation("ListMultipartUploads", "s3:ListBucketMultipartUploads", listing.list_uploads),
    ("bucket", "GET", "location"):
        Operation("GetBucketLocation", "s3:GetBucketLocation", buckets.get_location),
    ("bucket", "GET", "versioning"):
        Operation("GetBucketVersioning", "s3:GetBucketVersioning", buckets.get_versioning),
    ("bucket", "PUT", "versioning"):
        Operation("PutBucketVersioning", "s3:PutBucketVersioning", buckets.put_versioning),
    ("bucket", "GET", "lifecycle"):
        Operation("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration",
                  buckets.get_lifecycle),
    ("bucket", "PUT", "lifecycle"):
        Operation("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration",
                  buckets.put_lifecycle),
    ("bucket", "DELETE", "lifecycle"):
        Operation("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration",
                  buckets.delete_lifecycle),
    ("bucket", "GET", "object-lock"):
        Operation("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration",
                  buckets.get_object_lock),
    ("bucket", "POST", "delete"):
        Operation("DeleteObjects", "s3:DeleteObject", deletion.delete_objects),
    ("object", "PUT", ""): Operation("PutObject", "s3:PutObject", objects.put_object),
    ("object", "GET", ""): Operation("GetObject", "s3:GetObject", objects.get_object),
    ("object", "HEAD", ""): Operation("HeadObject", "s3:GetObject", objects.head_object),
    ("object", "DELETE", ""): Operation("DeleteObject", "s3:DeleteObject", deletion.delete_object),
    ("object", "GET", "attributes"):
        Operation("GetObjectAttributes", "s3:GetObjectAttributes",
                  attributes.get_object_attributes),
    ("object", "POST", "restore"):
        Operation("RestoreObject", "s3:RestoreObject", restore.restore_object),
    ("object", "GET", "tagging"):
        Operation("GetObjectTagging", "s3:GetObjectTagging", objects.get_tagging),
    ("object", "PUT", "tagging"):
        Operation("PutObjectTagging", "s3:PutObjectTagging", objects.put_tagging),
    ("object", "GET", "retention"):
        Operation("GetObjectRetention", "s3:GetObjectRetention", retention.get_retention),
    ("object", "PUT", "retention"):
        Operation("PutObjectRetention", "s3:PutObjectRetention", retention.put_retention),
    ("object", "GET", "legal-hold"):
        Operation("GetObjectLegalHold", "s3:GetObjectLegalHold", retention.get_legal_hold),
    ("object", "POST", "uploads"):
        Operation("CreateMultipartUpload", "s3:PutObject", multipart.create),
    ("object", "PUT", "uploadId"): Operation("UploadPart", "s3:PutObject", multipart.upload_part),
    ("object", "POST", "uploadId"):
        Operation("CompleteMultipartUpload", "s3:PutObject", multipart.complete),
    ("object", "DELETE", "uploadId"):
        Operation("AbortMultipartUpload", "s3:AbortMultipartUpload", multipart.abort),
    ("object", "GET", "uploadId"):
        Operation("ListParts", "s3:ListMultipartUploadParts", listing.list_parts),
}
OF_VERSIONS = {"s3:GetObject": "s3:GetObjectVersion", "s3:DeleteObject": "s3:DeleteObjectVersion",
               "s3:GetObjectTagging": "s3:GetObjectVersionTagging",
               "s3:PutObjectTagging": "s3:PutObjectVersionTagging",
               "s3:GetObjectAttributes": "s3:GetObjectVersionAttributes"}


def locate(request, state):
    """Sets the request's bucket name and key."""
    raw = request.raw_path
    if not raw.startswith("/"):
        raise S3Error(400, "InvalidURI", "Couldn't parse the specified URI.")
    bucket = bucket_of_host(request.host, state)
    if bucket is None:
        bucket, _, raw_key = raw[1:].partition("/")
    else:
        raw_key = raw[1:]
    try:
        request.bucket_name, request.key = (unquote_to_bytes(text).decode()
                                            for text in (bucket, raw_key))
    except UnicodeDecodeError:
        raise S3Error(400, "InvalidURI", "Couldn't parse the specified URI.") from None
    if len(request.key.encode()) > LONGEST_KEY:
        raise S3Error(400, "KeyTooLongError", "Your key is too long",
                      {"Size": str(len(request.key.encode())), "MaxSizeAllowed": str(LONGEST_KEY)})
    if request.bucket_name and not BUCKET_NAME.fullmatch(request.bucket_name):
        raise S3Error(400, "InvalidBucketName", "The specified bucket is not valid.",
                      {"BucketName": request.bucket_name})


def bucket_of_host(host, state):
    """The bucket at the start of a virtual-host style name; None for path style."""
    if IP_ADDRESS.fullmatch(host):
        return None
    known = [name for name in state.buckets if host.startswith(name + ".")]
    if known:
        return max(known, key=len)
    match = VIRTUAL_HOST.fullmatch(host)
    return match.group(1) if match else None


def operation_of(request):
    level = "object" if request.key else "bucket" if request.bucket_name else "service"
    choosing = [name for name in CHOOSING if name in request.query]
    if len(choosing) > 1:
        raise S3Error(400, "InvalidArgument",
                      "Conflicting query string parameters: " + ", ".join(choosing))
    word = choosing[0] if choosing else ""
    operation = OPERATIONS.get((level, request.method, word))
    if operation is not None:
        return operation
    if word or level == "service":
        raise not_implemented(word or request.method)
    raise S3Error(405, "MethodNotAllowed",
                  "The specified method is not allowed against this resource.",
                  {"Method": request.method})


def permissions_of(request):
    """All actions that the key needs."""
    needed = [request.operation.permission]
    if "versionId" in request.query:
        needed = [OF_VERSIONS.get(action, action) for action in needed]
    if request.operation.name == "GetObjectAttributes":
        needed.append("s3:GetObjectVersion" if "versionId" in request.query else "s3:GetObject")
    if request.operation.name in ("PutObject", "CreateMultipartUpload"):
        if "x-amz-tagging" in request.headers:
            needed.append("s3:PutObjectTagging")
        if "x-amz-object-lock-mode" in request.headers:
            needed.append("s3:PutObjectRetention")
        if "x-amz-object-lock-legal-hold" in request.headers:
            needed.append("s3:PutObjectLegalHold")
    if request.header("x-amz-bypass-governance-retention").lower() == "true":
        needed.append("s3:BypassGovernanceRetention")
    return needed
