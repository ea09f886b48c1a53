"""Object Lock of an existing object."""

from .buckets import read_document
from .deletion import bypasses
from .errors import S3Error, access_denied, invalid_request, malformed_xml
from .markup import iso_time, text_of
from .objects import find
from .settings import checked_retention
from .wire import Answer, xml_answer


def locked_bucket(request):
    if not request.bucket.lock:
        raise invalid_request("Bucket is missing Object Lock Configuration")


def not_configured():
    return S3Error(404, "NoSuchObjectLockConfiguration",
                   "The specified object does not have a ObjectLock configuration")


def get_retention(state, request):
    locked_bucket(request)
    kept = find(state, request).settings
    if not kept.lock_mode:
        raise not_configured()
    return xml_answer(200, "Retention",
                      [("Mode", kept.lock_mode), ("RetainUntilDate", iso_time(kept.retain_until))])


def put_retention(state, request):
    """Anybody with permission can extend a lock; only in GOVERNANCE mode it can be shortened, with
    permission to bypass it."""
    locked_bucket(request)
    kept = find(state, request).settings
    root = read_document(request, "Retention")
    mode, until = text_of(root, "Mode"), text_of(root, "RetainUntilDate")
    if not mode or not until:
        raise malformed_xml()
    mode, moment = checked_retention(mode, until, state)
    is_held = kept.retain_until is not None and kept.retain_until > state.clock.thaws()
    weaker = is_held and (moment < kept.retain_until or (kept.lock_mode == "COMPLIANCE" != mode))
    if weaker and not (kept.lock_mode == "GOVERNANCE" and bypasses(request)):
        raise access_denied("Access Denied because object protected by object lock.")
    kept.lock_mode, kept.retain_until = mode, moment
    return Answer(200)


def get_legal_hold(state, request):
    locked_bucket(request)
    kept = find(state, request).settings
    return xml_answer(200, "LegalHold", [("Status", "ON" if kept.legal_hold else "OFF")])
