"""Calls on a bucket, and on all buckets."""

from .bodies import check_digests
from .digests import algorithms_in
from .errors import S3Error, invalid_request, malformed_xml
from .markup import S3_NAMESPACE, document, iso_time, parse, text_of
from .model import Bucket
from .wire import Answer, xml_answer


def read_document(request, root_name, needs_checksum=True):
    """The body as XML, compared with its checksum first."""
    has_one = ("content-md5" in request.headers or algorithms_in(request.headers) or
               request.body.trailers)
    if needs_checksum and not has_one:
        raise invalid_request("Missing required header for this request: Content-MD5 OR "
                              "x-amz-checksum-*")
    check_digests(request)
    root = parse(request.body.read(), root_name)
    if root is None:
        raise malformed_xml()
    return root


def list_buckets(state, request):
    entries = [("Bucket", [("Name", bucket.name), ("CreationDate", iso_time(bucket.created)),
                           ("BucketRegion", bucket.region)])
               for bucket in sorted(state.buckets.values(), key=lambda bucket: bucket.name)]
    return xml_answer(200, "ListAllMyBucketsResult",
                      [("Owner", [("ID", "111122223333"), ("DisplayName", "fake")]),
                       ("Buckets", entries)])


def create_bucket(state, request):
    check_digests(request)
    region = "us-east-1"
    text = request.body.read()
    if text:
        root = parse(text, "CreateBucketConfiguration")
        if root is None:
            raise malformed_xml()
        region = text_of(root, "LocationConstraint") or region
        if region == "us-east-1" and text_of(root, "LocationConstraint"):
            raise S3Error(400, "InvalidLocationConstraint",
                          "The specified location-constraint is not valid",
                          {"LocationConstraint": region})
    if (request.signature.region not in ("us-east-1", region) or
            (request.signature.region == "us-east-1" != region and region != "EU" and not text)):
        raise S3Error(400, "IllegalLocationConstraintException",
                      "The %s location constraint is incompatible for the region specific endpoint "
                      "this request was sent to." % region)
    if request.bucket_name in state.buckets:
        raise S3Error(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named "
                                                      "bucket succeeded and you already own it.",
                      {"BucketName": request.bucket_name})
    bucket = Bucket(request.bucket_name, region)
    if request.header("x-amz-bucket-object-lock-enabled").lower() == "true":
        bucket.lock, bucket.versioning = True, "Enabled"
    state.buckets[bucket.name] = bucket
    return Answer(200, {"Location": "/" + bucket.name})


def delete_bucket(state, request):
    bucket = request.bucket
    if bucket.objects or bucket.uploads:
        raise S3Error(409, "BucketNotEmpty", "The bucket you tried to delete is not empty",
                      {"BucketName": bucket.name})
    del state.buckets[bucket.name]
    return Answer(204)


def head_bucket(state, request):
    return Answer(200, {"x-amz-bucket-region": request.bucket.region,
                        "x-amz-access-point-alias": "false", "Content-Type": "application/xml"})


def get_location(state, request):
    region = request.bucket.region
    body = document("LocationConstraint", "" if region == "us-east-1" else region)
    return Answer(200, {"Content-Type": "application/xml"}, body)


def get_versioning(state, request):
    return xml_answer(200, "VersioningConfiguration",
                      [("Status", request.bucket.versioning or None)])


def put_versioning(state, request):
    root = read_document(request, "VersioningConfiguration")
    status = text_of(root, "Status")
    if status not in ("Enabled", "Suspended"):
        raise S3Error(400, "IllegalVersioningConfigurationException",
                      "The Versioning element must be specified")
    if request.bucket.lock and status == "Suspended":
        raise S3Error(409, "InvalidBucketState",
                      "An Object Lock configuration is present on this bucket, so the versioning "
                      "state cannot be changed.")
    request.bucket.versioning = status
    return Answer(200)


def get_lifecycle(state, request):
    if request.bucket.lifecycle is None:
        raise S3Error(404, "NoSuchLifecycleConfiguration",
                      "The lifecycle configuration does not exist",
                      {"BucketName": request.bucket.name})
    return Answer(200, {"Content-Type": "application/xml"}, request.bucket.lifecycle)


def put_lifecycle(state, request):
    root = read_document(request, "LifecycleConfiguration")
    rules = root.findall("Rule")
    if not rules or len(rules) > 1000:
        raise malformed_xml()
    for rule in rules:
        if (text_of(rule, "Status") not in ("Enabled", "Disabled") or
                (rule.find("Filter") is None) == (rule.find("Prefix") is None)):
            raise malformed_xml()
    text = request.body.read()
    if S3_NAMESPACE.encode() not in text:
        text = text.replace(b"<LifecycleConfiguration",
                            b'<LifecycleConfiguration xmlns="%s"' % S3_NAMESPACE.encode(), 1)
    request.bucket.lifecycle = text
    return Answer(200)


def delete_lifecycle(state, request):
    request.bucket.lifecycle = None
    return Answer(204)


def get_object_lock(state, request):
    if not request.bucket.lock:
        raise S3Error(404, "ObjectLockConfigurationNotFoundError",
                      "Object Lock configuration does not exist for this bucket",
                      {"BucketName": request.bucket.name})
    return xml_answer(200, "ObjectLockConfiguration", [("ObjectLockEnabled", "Enabled")])
