#!/usr/bin/env python3
"""A small S3 server for tests and for practice, stricter than Amazon. See README.md beside it."""

import argparse
import os
import signal
import sys
import tempfile
import threading

import buckets
import control
import identity
import multipart
import objects
import signing
from faults import Faults
from markup import document
from state import S3Error, State
from web import Answer, Server

# method, what the query must have, of an object: the permission, and who does it. The first that fits counts.
ROUTES = [
    ("POST", "uploads", True, "s3:PutObject", multipart.create),
    ("PUT", "partNumber", True, "s3:PutObject", multipart.upload_part),
    ("POST", "uploadId", True, "s3:PutObject", multipart.complete),
    ("DELETE", "uploadId", True, "s3:AbortMultipartUpload", multipart.abort),
    ("GET", "uploadId", True, "s3:ListMultipartUploadParts", multipart.list_parts),
    ("POST", "restore", True, "s3:RestoreObject", objects.restore_object),
    ("GET", "attributes", True, "s3:GetObjectAttributes", objects.get_attributes),
    ("GET", "tagging", True, "s3:GetObjectTagging", objects.get_tagging),
    ("GET", "retention", True, "s3:GetObjectRetention", objects.get_retention),
    ("PUT", "", True, "s3:PutObject", objects.put_object),
    ("GET", "", True, "s3:GetObject", objects.get_object),
    ("HEAD", "", True, "s3:GetObject", objects.head_object),
    ("DELETE", "versionId", True, "s3:DeleteObjectVersion", objects.delete_object),
    ("DELETE", "", True, "s3:DeleteObject", objects.delete_object),
    ("GET", "uploads", False, "s3:ListBucketMultipartUploads", buckets.list_uploads),
    ("GET", "versions", False, "s3:ListBucketVersions", buckets.list_versions),
    ("GET", "lifecycle", False, "s3:GetLifecycleConfiguration", buckets.get_lifecycle),
    ("PUT", "lifecycle", False, "s3:PutLifecycleConfiguration", buckets.put_lifecycle),
    ("GET", "versioning", False, "s3:GetBucketVersioning", buckets.get_versioning),
    ("PUT", "versioning", False, "s3:PutBucketVersioning", buckets.put_versioning),
    ("GET", "location", False, "s3:GetBucketLocation", buckets.get_location),
    ("GET", "object-lock", False, "s3:GetBucketObjectLockConfiguration", buckets.get_object_lock),
    ("POST", "delete", False, "s3:DeleteObject", buckets.delete_objects),
    ("DELETE", "", False, "s3:DeleteBucket", buckets.delete_bucket),
    ("HEAD", "", False, "s3:ListBucket", buckets.head_bucket),
    ("GET", "", False, "s3:ListBucket", buckets.list_objects),
]


def place_of(request, state):
    """(bucket's name, key): from the path, or from a host name that begins with a bucket's."""
    host = request.header("host").rpartition(":")[0] or request.header("host")
    for name in sorted(state.buckets, key=len, reverse=True):
        if host.startswith(name + "."):
            return name, request.path[1:]
    name, _, key = request.path[1:].partition("/")
    return name, key


def route(request, of_object):
    for method, needed, wants_object, action, handler in ROUTES:
        if method == request.method and of_object == wants_object and (not needed or needed in request.query):
            return action, handler
    raise S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")


def failure(error, request):
    fields = [("Code", error.code), ("Message", error.message)] + list(error.fields.items()) + [("Resource", request.path)]
    return Answer(error.status, document("Error", fields, None), dict({"Content-Type": "application/xml"}, **error.headers))


class Service:
    """Answers requests over one State."""

    def __init__(self, options):
        self.options, self.state = options, State(options)
        self.server = None

    def find_bucket(self, request):
        name, key = place_of(request, self.state)
        bucket = self.state.buckets.get(name)
        if bucket is None:
            raise S3Error(404, "NoSuchBucket", "The specified bucket does not exist", {"BucketName": name})
        return bucket, key

    def authorize(self, request):
        """Signature, region, owner and permission; what must be right before a body is worth reading."""
        name, _ = place_of(request, self.state)
        if not name or (request.method == "PUT" and name not in self.state.buckets and request.path.strip("/") == name):
            signing.check(request, self.state, "s3", [])
            return
        known = self.state.buckets.get(name)
        scope = request.header("authorization").split("/")
        key = signing.check(request, self.state, "s3", [])
        bucket, object_key = self.find_bucket(request)
        if len(scope) > 2 and scope[2] != known.region:
            raise S3Error(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.",
                          {"Region": bucket.region}, {"x-amz-bucket-region": bucket.region})
        owner = request.header("x-amz-expected-bucket-owner")
        action, _ = route(request, bool(object_key))
        if (owner and owner != bucket.owner) or action in key.denied or (bucket.requester_pays and request.header("x-amz-request-payer") != "requester"):
            raise S3Error(403, "AccessDenied", "User is not authorized to perform: %s" % action)
        request.action = action

    def judge_early(self, request):
        """The refusal of a request whose head is reason enough; None: read its body."""
        if request.path.startswith(("/latest/", "/container-credentials")) or (request.path == "/" and request.method == "POST"):
            return None
        try:
            self.authorize(request)
        except S3Error as error:
            return failure(error, request)
        return None

    def respond(self, request, fault):
        if request.path.startswith("/_control/"):
            return control.handle(request, self.server)
        try:
            early = self.injected(request, fault)
            answer = early or self.act(request)
        except S3Error as error:
            answer = failure(error, request)
        self.note(request, answer)
        if fault == "500-after":
            return failure(S3Error(500, "InternalError", "We encountered an internal error. Please try again."), request)
        if fault == "wrong-etag" and "ETag" in answer.headers:
            answer.headers["ETag"] = '"%s"' % ("0" * 32)
        return answer

    @staticmethod
    def injected(_request, fault):
        if fault == "500":
            raise S3Error(500, "InternalError", "We encountered an internal error. Please try again.")
        if fault == "503":
            raise S3Error(503, "SlowDown", "Please reduce your request rate.")
        if fault == "408":
            raise S3Error(400, "RequestTimeout", "Your socket connection to the server was not read from or written to within the timeout period.")
        if fault == "complete-error":
            return Answer(200, document("Error", [("Code", "InternalError"), ("Message", "We encountered an internal error. Please try again.")], None))
        return None

    def act(self, request):
        elsewhere = identity.metadata(request, self.state)
        if elsewhere is not None:
            return elsewhere
        if request.path == "/" and request.method == "POST":
            return identity.sts(request, self.state, lambda: signing.check(request, self.state, "sts", []))
        with self.state.lock:
            name, key = place_of(request, self.state)
            if not name:
                return buckets.list_buckets(self.state)
            if request.method == "PUT" and not key and not request.query and name not in self.state.buckets:
                return buckets.create_bucket(request, self.state, name)
            bucket, key = self.find_bucket(request)
            _, handler = route(request, bool(key))
            return handler(request, self.state, bucket, key)

    def note(self, request, answer):
        entry = {"method": request.method, "path": request.path, "query": request.raw_query, "action": getattr(request, "action", ""),
                 "status": answer.status, "bytes": request.size}
        with self.state.lock:
            self.state.requests.append(entry)
        if self.options.verbose:
            print(entry, file=sys.stderr, flush=True)


def parse_options(arguments):
    parser = argparse.ArgumentParser(description=__doc__, epilog="Nothing outlives the server: what it held is gone when it ends.")
    parser.add_argument("--port", type=int, default=9000, help="0: a free one")
    parser.add_argument("--port-file", help="write the port there once the server is ready")
    parser.add_argument("--data", help="folder for the bytes of objects (a temporary one)")
    parser.add_argument("--key", action="append", default=[], metavar="ID:SECRET[:TOKEN[:SECONDS]]")
    parser.add_argument("--bucket", action="append", default=[], metavar="NAME[:region][:lock][:versioned][:requester-pays][:owner=ID]")
    parser.add_argument("--page-size", type=int, default=1000, help="most entries of a listing's page")
    parser.add_argument("--min-part-size", type=int, default=5 << 20, help="bytes of every part but the last")
    parser.add_argument("--capacity", type=int, default=0, help="bytes that fit; 0: no end")
    parser.add_argument("--clock-skew", type=float, default=0, help="seconds by which the server's clock is ahead")
    parser.add_argument("--time-scale", type=float, default=1, help="how much faster the thaw clock runs")
    parser.add_argument("--sts-seconds", type=float, default=3600, help="life of session keys")
    parser.add_argument("--kms-key", action="append", default=[], help="a key id that exists; without it any does")
    parser.add_argument("--no-unsigned-payload", action="store_true")
    parser.add_argument("--faults", default="", metavar="SEED:RATE[:KIND,KIND]")
    parser.add_argument("--stall-seconds", type=float, default=2)
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args(arguments)


def main():
    options = parse_options(sys.argv[1:])
    keep = None if options.data else tempfile.TemporaryDirectory()
    options.data = options.data or keep.name
    os.makedirs(options.data, exist_ok=True)
    service = Service(options)
    for text in options.key or ["practice:practice-secret"]:
        service.state.add_key(text)
    for text in options.bucket:
        service.state.add_bucket(text)
    server = Server(options.port, options, service.state, Faults(options.faults), service.respond, service.judge_early)
    service.server = server
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print("http://127.0.0.1:%d" % server.server_address[1], flush=True)
    if options.port_file:
        with open(options.port_file + ".tmp", "w", encoding="ascii") as file:
            file.write("%d\n" % server.server_address[1])
        os.rename(options.port_file + ".tmp", options.port_file)
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
