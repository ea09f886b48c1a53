"""Thaws. Source: S3 API Reference, RestoreObject; S3 User Guide, "Restoring an archived object"."""

from .buckets import read_document
from .errors import S3Error, invalid_argument, malformed_xml
from .markup import text_of
from .model import COLD, DAY, Restore, midnight_after
from .objects import find
from .settings import version_headers
from .wire import Answer

TIERS = ("Expedited", "Standard", "Bulk")


def read_request(request):
    """(days, tier)"""
    root = read_document(request, "RestoreRequest", needs_checksum=False)
    days, tier = text_of(root, "Days"), text_of(root, "GlacierJobParameters/Tier")
    if days is None or not days.lstrip("-").isdigit() or root.find("Tier") is not None:
        raise malformed_xml()
    if int(days) < 1:
        raise invalid_argument("restoration days should be at least 1", "Days", days)
    if tier is not None and tier not in TIERS:
        raise malformed_xml()
    return int(days), tier or "Standard"


def restore_object(state, request):
    version = find(state, request)
    days, tier = read_request(request)
    storage_class = version.settings.storage_class
    if storage_class not in COLD:
        raise S3Error(403, "InvalidObjectState",
                      "Restore is not allowed for the object's current storage class",
                      {"StorageClass": storage_class})
    if (storage_class, tier) not in state.thaw_seconds:
        raise invalid_argument("Retrieval option is not supported by this storage class",
                               "Tier", tier)
    now = state.clock.thaws()
    headers = version_headers(request.bucket, version)
    if version.restore and version.restore.is_readable(now):
        version.restore.until = midnight_after(now + days * DAY)
        return Answer(200, headers)
    ready = now + state.thaw_seconds[storage_class, tier]
    if version.restore and version.restore.is_ongoing(now):
        # A faster tier speeds up a running thaw; its days do not change.
        if ready >= version.restore.ready:
            raise S3Error(409, "RestoreAlreadyInProgress", "Object restore is already in progress")
        days = version.restore.days
    version.restore = Restore(ready, midnight_after(ready + days * DAY), days)
    return Answer(202, headers)
