"""From a request's path to the operation. Source: S3 Glacier Developer Guide, "API Reference"."""

import re
from urllib.parse import unquote

from ..routes import Operation
from . import archives, jobs, lock, notices, output, retrieval, uploads, vaults
from .errors import GlacierError, denied, invalid
from .model import ACCOUNT

VAULT_NAME = re.compile(r"[A-Za-z0-9_.-]{1,255}")
UPLOAD, PARTS = "vaults/*/multipart-uploads/*", "vaults/*/multipart-uploads"
# (method, path after the account): (name, function). The name is also the permission's.
TABLE = {
    ("GET", "vaults"): ("ListVaults", vaults.list_vaults),
    ("PUT", "vaults/*"): ("CreateVault", vaults.create_vault),
    ("GET", "vaults/*"): ("DescribeVault", vaults.describe_vault),
    ("DELETE", "vaults/*"): ("DeleteVault", vaults.delete_vault),
    ("POST", "vaults/*/archives"): ("UploadArchive", archives.upload_archive),
    ("DELETE", "vaults/*/archives/*"): ("DeleteArchive", archives.delete_archive),
    ("POST", PARTS): ("InitiateMultipartUpload", uploads.initiate),
    ("GET", PARTS): ("ListMultipartUploads", uploads.list_uploads),
    ("PUT", UPLOAD): ("UploadMultipartPart", uploads.upload_part),
    ("GET", UPLOAD): ("ListParts", uploads.list_parts),
    ("POST", UPLOAD): ("CompleteMultipartUpload", uploads.complete),
    ("DELETE", UPLOAD): ("AbortMultipartUpload", uploads.abort),
    ("POST", "vaults/*/jobs"): ("InitiateJob", jobs.initiate),
    ("GET", "vaults/*/jobs"): ("ListJobs", jobs.list_jobs),
    ("GET", "vaults/*/jobs/*"): ("DescribeJob", jobs.describe),
    ("GET", "vaults/*/jobs/*/output"): ("GetJobOutput", output.get_output),
    ("PUT", "vaults/*/notification-configuration"):
        ("SetVaultNotifications", notices.set_notifications),
    ("GET", "vaults/*/notification-configuration"):
        ("GetVaultNotifications", notices.get_notifications),
    ("DELETE", "vaults/*/notification-configuration"):
        ("DeleteVaultNotifications", notices.delete_notifications),
    ("PUT", "vaults/*/access-policy"): ("SetVaultAccessPolicy", lock.set_access_policy),
    ("GET", "vaults/*/access-policy"): ("GetVaultAccessPolicy", lock.get_access_policy),
    ("DELETE", "vaults/*/access-policy"): ("DeleteVaultAccessPolicy", lock.delete_access_policy),
    ("POST", "vaults/*/lock-policy"): ("InitiateVaultLock", lock.initiate),
    ("GET", "vaults/*/lock-policy"): ("GetVaultLock", lock.get),
    ("DELETE", "vaults/*/lock-policy"): ("AbortVaultLock", lock.abort),
    ("POST", "vaults/*/lock-policy/*"): ("CompleteVaultLock", lock.complete),
    ("GET", "vaults/*/tags"): ("ListTagsForVault", vaults.list_tags),
    ("POST", "vaults/*/tags"): ("AddTagsToVault", vaults.change_tags),
    ("GET", "policies/data-retrieval"): ("GetDataRetrievalPolicy", retrieval.get_policy),
    ("PUT", "policies/data-retrieval"): ("SetDataRetrievalPolicy", retrieval.set_policy),
    ("GET", "provisioned-capacity"): ("ListProvisionedCapacity", retrieval.list_capacity),
    ("POST", "provisioned-capacity"): ("PurchaseProvisionedCapacity", retrieval.buy_capacity),
}
OPERATIONS = {
    place: Operation(name, "glacier:" + name, act) for place, (name, act) in TABLE.items()}
REMOVE_TAGS = Operation("RemoveTagsFromVault", "glacier:RemoveTagsFromVault", vaults.change_tags)
UPLOADS = ("UploadArchive", "UploadMultipartPart")


def locate(request):
    """Sets the request's operation, account, vault's place (region, name), and the id of the item
    in the vault."""
    account, *segments = [unquote(segment) for segment in request.raw_path[1:].split("/")]
    if account not in ("-", ACCOUNT):
        raise denied("The account ID is not that of the credentials: " + account)
    request.account, request.vault_place, request.item = ACCOUNT, None, None
    pattern = list(segments)
    if segments[0] == "vaults" and len(segments) > 1:
        if not VAULT_NAME.fullmatch(segments[1]):
            raise invalid("Invalid vault name: " + segments[1])
        request.vault_place, pattern[1] = (request.signature.region, segments[1]), "*"
        if len(segments) > 3:
            request.item, pattern[3] = segments[3], "*"
    operation = OPERATIONS.get((request.method, "/".join(pattern))) if "" not in segments else None
    if operation is None:
        raise GlacierError(400, "BadRequest",
                           "There is no such operation: %s %s" % (request.method, request.path))
    if operation.name == "AddTagsToVault" and request.query.get("operation") == "remove":
        operation = REMOVE_TAGS
    request.operation = operation
