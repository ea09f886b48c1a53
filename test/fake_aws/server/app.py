"""Handles a request, from its head to its answer."""

import sys
import threading
import time
import traceback

from . import control, faults, identity, routes, sigv4
from .bodies import KEPT_IN_MEMORY
from .errors import Cut, Refusal, S3Error, access_denied
from .glacier import clockwork
from .glacier import errors as glacier_errors
from .glacier import service as glacier
from .model import State
from .sns import delivery
from .sns import service as sns
from .wire import Answer, error_answer

LARGEST_PUT = 5 << 30
LARGEST_DOCUMENT = 16 << 20
TREE_HASH_OF_NOTHING = "0" * 64
ETAG_OF_NOTHING = '"00000000000000000000000000000000"'


class App:
    def __init__(self, options, folder):
        self.options = options
        self.state = State(options, folder)
        self.faults = faults.Faults(options.faults)
        self.log, self.log_lock = [], threading.Lock()
        threading.Thread(target=delivery.work, args=(self.state,), daemon=True).start()

    def tick(self):
        """Does what is due even without requests."""
        with self.state.lock:
            clockwork.run(self.state)

    # The four stages of wire.Connection.

    def choose_fault(self, request):
        return None if control.is_for(request) else self.faults.choose(request)

    def fault_before(self, fault, request):
        return faults.refusal_of(fault, request)

    def prepare(self, request):
        """Everything that can be checked by the head alone."""
        if control.is_for(request) or identity.is_for(request):
            return
        if request.service == "glacier":
            glacier.prepare(self.state, request)
        elif request.service == "s3":
            locate_and_check(request, self.state)

    def perform(self, request):
        if control.is_for(request):
            return control.answer(self, request)
        if request.service != "s3":
            with self.state.lock:
                service = glacier if request.service == "glacier" else sns
                return service.perform(self.state, request)
        if identity.is_for(request):
            return identity.answer(self.state, request)
        try:
            with self.state.lock:
                if (request.bucket is not None and
                        self.state.buckets.get(request.bucket_name) is not request.bucket):
                    raise no_such_bucket(request.bucket_name)
                return request.operation.act(self.state, request)
        finally:
            # Before the answer is sent: the client's next request must not overlap this one.
            self.finish(request)

    def fault_after(self, fault, request, answer):
        if fault == "500-after":
            return faults.refusal_of("500", request)
        if fault in ("complete-error", "complete-error-after") and answer.status == 200:
            return Answer(200, {"Content-Type": "application/xml"},
                          b'<?xml version="1.0" encoding="UTF-8"?>\n'
                          b"<Error><Code>InternalError</Code>"
                          b"<Message>We encountered an internal error. Please try again.</Message>"
                          b"</Error>")
        if fault == "wrong-etag" and "ETag" in answer.headers:
            answer.headers["ETag"] = ETAG_OF_NOTHING
        if fault == "wrong-tree-hash" and "x-amz-sha256-tree-hash" in answer.headers:
            answer.headers["x-amz-sha256-tree-hash"] = TREE_HASH_OF_NOTHING
        return answer

    def refusal(self, error, request, request_id):
        """The refusal in the form of the request's service."""
        if request.service == "glacier":
            return glacier_errors.refusal(error, request_id)
        if request.service == "sns":
            return sns.refusal(error, request_id)
        return error_answer(error, request, request_id)

    def guarded(self, request, stage):
        """The result of `stage`, or the Refusal that it raised."""
        try:
            return stage(request)
        except Refusal as error:
            return error
        except (Cut, OSError):
            raise
        except Exception:  # a bug in this server
            self.report_crash()
            return S3Error(500, "InternalError",
                           "fake_aws has a bug: " + traceback.format_exc(limit=-1))

    def report_crash(self):
        traceback.print_exc(file=sys.stderr)

    def finish(self, request):
        if request.conditional:
            request.conditional = False
            with self.state.lock:
                self.state.conditional[request.bucket_name, request.key] -= 1

    # The log of requests.

    def record(self, request, request_id, fault):
        entry = {"method": request.method, "path": request.path, "query": request.raw_query,
                 "status": 0, "operation": "", "action": "", "bytes_in": 0, "bytes_out": 0,
                 "fault": fault or "", "request_id": request_id, "time": time.time()}
        if not control.is_for(request):
            with self.log_lock:
                entry["number"] = len(self.log) + 1
                self.log.append(entry)
        return entry


def no_such_bucket(name):
    return S3Error(404, "NoSuchBucket", "The specified bucket does not exist", {"BucketName": name})


def locate_and_check(request, state):
    routes.locate(request, state)
    with state.lock:
        bucket = request.bucket = state.buckets.get(request.bucket_name)
        request.signature = sigv4.verify(request, state, "s3",
                                         lambda region: check_region(request, bucket, region))
    request.operation = routes.operation_of(request)
    if bucket is None and request.bucket_name and request.operation.name != "CreateBucket":
        raise no_such_bucket(request.bucket_name)
    if bucket is not None:
        check_bucket(request, bucket)
    for action in routes.permissions_of(request):
        if not request.signature.key.may(action):
            raise access_denied("User is not authorized to perform: %s" % action)
    check_length(request)
    if (request.operation.name in ("PutObject", "CompleteMultipartUpload") and
            "if-none-match" in request.headers):
        with state.lock:
            under_way = state.conditional.get((request.bucket_name, request.key), 0)
            state.conditional[request.bucket_name, request.key] = under_way + 1
            request.conditional, request.conflict = True, under_way > 0


def check_region(request, bucket, region):
    """A path-style request reached the endpoint of the region it was signed for: that one
    redirects. A virtual host's name led to the right one."""
    if bucket is None or region == bucket.region:
        return
    if request.host.startswith(bucket.name + "."):
        raise sigv4.malformed("The authorization header is malformed; the region '%s' is wrong; "
                              "expecting '%s'" % (region, bucket.region), bucket.region)
    raise S3Error(301, "PermanentRedirect",
                  "The bucket you are attempting to access must be addressed using the specified "
                  "endpoint. Please send all future requests to this endpoint.",
                  {"Endpoint": "%s.s3.%s.amazonaws.com" % (bucket.name, bucket.region),
                   "Bucket": bucket.name},
                  {"x-amz-bucket-region": bucket.region})


def check_bucket(request, bucket):
    expected = request.headers.get("x-amz-expected-bucket-owner")
    if expected is not None and expected != bucket.owner:
        raise access_denied()
    if bucket.requester_pays and request.header("x-amz-request-payer") != "requester":
        raise access_denied()


def check_length(request):
    if request.method not in ("PUT", "POST"):
        return
    length = request.content_length
    if length is None and request.header("transfer-encoding").lower() != "chunked":
        raise S3Error(411, "MissingContentLength",
                      "You must provide the Content-Length HTTP header.")
    if request.header("transfer-encoding") and not request.is_aws_chunked():
        raise S3Error(501, "NotImplemented",
                      "A header you provided implies functionality that is not implemented",
                      {"Header": "Transfer-Encoding"})
    if request.is_aws_chunked() and not request.header("x-amz-decoded-content-length").isdigit():
        raise S3Error(411, "MissingContentLength",
                      "You must provide the x-amz-decoded-content-length HTTP header.")
    most = (LARGEST_PUT if request.operation.name in ("PutObject", "UploadPart")
            else LARGEST_DOCUMENT)
    if (length or 0) > most + KEPT_IN_MEMORY:
        raise S3Error(400, "EntityTooLarge",
                      "Your proposed upload exceeds the maximum allowed size",
                      {"ProposedSize": str(length), "MaxSizeAllowed": str(most)})
