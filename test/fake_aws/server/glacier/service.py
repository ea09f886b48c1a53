"""Checks a request for Glacier before its operation runs."""

from .. import sigv4
from ..sigv4 import EMPTY_SHA256, HEX_SHA256
from . import clockwork, routes
from .errors import GlacierError, denied, invalid, missing

VERSION = "2012-06-01"
LARGEST_DOCUMENT = 1 << 20
# A little more is read, so that the refusal can be a proper answer.
LARGEST_BODY = (4 << 30) + (1 << 20)


def prepare(state, request):
    """Everything that can be checked by the head alone; a body that is not signed by its digest in
    the head must be read first."""
    claimed = request.header("x-amz-content-sha256")
    if claimed or not request.content_length:
        admit(state, request, claimed or EMPTY_SHA256)


def perform(state, request):
    if request.signature is None:
        admit(state, request, request.body.sha256())
    claimed, computed = request.header("x-amz-content-sha256"), request.body.sha256()
    if claimed and claimed != computed:
        raise invalid("The value passed in as x-amz-content-sha256 does not match the computed "
                      "payload hash. Computed digest: %s expected hash: %s" % (computed, claimed))
    clockwork.run(state)
    return request.operation.act(state, request)


def admit(state, request, payload):
    verify(state, request, payload)
    version = request.headers.get("x-amz-glacier-version")
    if version is None:
        raise missing("x-amz-glacier-version")
    if version != VERSION:
        raise invalid("Invalid x-amz-glacier-version: " + version)
    if state.glacier.new_account:
        raise GlacierError(400, "NoLongerSupportedException",
                           "Amazon Glacier no longer accepts new customers. Please use the Amazon "
                           "S3 Glacier storage classes.")
    routes.locate(request)
    if not request.signature.key.may(request.operation.permission):
        raise denied("User is not authorized to perform: " + request.operation.permission)
    check_head(state, request)


def verify(state, request, payload):
    if "authorization" not in request.headers:
        raise GlacierError(400, "MissingAuthenticationTokenException",
                           "Request is missing Authentication Token")
    if not HEX_SHA256.fullmatch(payload):
        raise invalid("Invalid x-amz-content-sha256: " + payload)
    with state.lock:
        request.signature = sigv4.verify(request, state, "glacier", lambda region: None, payload)


def check_head(state, request):
    """Documents may come without x-amz-content-sha256, as Amazon's own clients send them;
    archives and parts may not."""
    is_upload = request.operation.name in routes.UPLOADS
    if request.header("transfer-encoding") or (is_upload and request.content_length is None):
        raise missing("Content-Length")
    if is_upload and "x-amz-content-sha256" not in request.headers:
        raise missing("x-amz-content-sha256")
    if (request.content_length or 0) > (LARGEST_BODY if is_upload else LARGEST_DOCUMENT):
        raise invalid("Invalid content length: %d" % request.content_length)
    request.forget_body = is_upload and state.glacier.forget
