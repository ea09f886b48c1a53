"""Jobs. Source: S3 Glacier Developer Guide, "Job Operations"."""

import re

from .. import treehash
from ..markup import iso_time
from ..wire import Answer
from . import inventory, notices, retrieval
from .archives import find as find_archive
from .documents import read_json
from .errors import invalid, json_answer, missing, not_found
from .model import Job
from .paging import page_of
from .vaults import find as find_vault

TIERS = ("Expedited", "Standard", "Bulk")
ACTIONS = {"archive-retrieval": "ArchiveRetrieval", "inventory-retrieval": "InventoryRetrieval"}
STATUSES = ("InProgress", "Succeeded", "Failed")
PARAMETERS = {"ArchiveId": str, "Description": str, "SNSTopic": str, "Tier": str,
              "RetrievalByteRange": str, "Format": str, "InventoryRetrievalParameters": dict}
ONLY_OF = {"archive-retrieval": ("ArchiveId", "Tier", "RetrievalByteRange"),
           "inventory-retrieval": ("Format", "InventoryRetrievalParameters")}
DESCRIPTION = re.compile(r"[\x20-\x7e]{0,1024}")
BYTE_RANGE = re.compile(r"(\d{1,15})-(\d{1,15})")


def find(vault, job_id):
    job = vault.jobs.get(job_id)
    if job is None:
        raise not_found("The job ID was not found: " + job_id)
    return job


def initiate(state, request):
    vault, glacier = find_vault(state, request), state.glacier
    given = read_json(request, {"Type": str}, PARAMETERS)
    if given["Type"] not in ACTIONS:
        raise invalid("Invalid job type: " + given["Type"])
    alien = [name for kind, names in ONLY_OF.items() if kind != given["Type"]
             for name in names if name in given]
    if alien:
        raise invalid("%s is not for a job of type %s" % (alien[0], given["Type"]))
    if not DESCRIPTION.fullmatch(given.get("Description", "")):
        raise invalid("Invalid job description")
    if "SNSTopic" in given:
        notices.check_topic(state, given["SNSTopic"])
    job = Job(glacier.new_id(), given["Type"], glacier.now(), 0)
    job.description, job.topic = given.get("Description"), given.get("SNSTopic")
    if job.kind == "archive-retrieval":
        fill_retrieval(glacier, vault, job, given)
    else:
        if given.get("Format", "JSON") not in inventory.FORMATS:
            raise invalid("Invalid format: " + given["Format"])
        inventory.fill_job(job, vault, given.get("Format", "JSON"),
                           inventory.read_parameters(given.get("InventoryRetrievalParameters", {})))
    job.ready = job.created + glacier.job_seconds[job.tier or "Inventory"]
    vault.jobs[job.id] = job
    return Answer(202, {"Location": vault.path("jobs", job.id), "x-amz-job-id": job.id})


def fill_retrieval(glacier, vault, job, given):
    if "ArchiveId" not in given:
        raise missing("ArchiveId")
    job.archive, job.tier = find_archive(vault, given["ArchiveId"]), given.get("Tier", "Standard")
    if job.tier not in TIERS:
        raise invalid("Invalid tier: " + job.tier)
    job.range = read_range(given.get("RetrievalByteRange"), job.archive.size)
    if job.tier == "Expedited":
        retrieval.check_capacity(glacier, vault.region)
    if job.tier == "Standard":
        retrieval.charge(glacier, vault.region, job.size)
    # The retrieved data is a copy, which outlives the archive.
    job.archive.content.hold()


def read_range(text, size):
    """(begin, end) of the archive, at whole MiB or up to its end."""
    if text is None:
        return 0, size
    match = BYTE_RANGE.fullmatch(text)
    begin, end = (int(match.group(1)), int(match.group(2)) + 1) if match else (0, 0)
    if not begin < end <= size or begin % treehash.MIB or (end % treehash.MIB and end != size):
        raise invalid("Invalid byte range: %s. It must be megabyte aligned, and within the "
                      "archive's %d bytes" % (text, size))
    return begin, end


def described(vault, job):
    archive = job.archive
    is_whole = archive is not None and job.range == (0, archive.size)
    told_hash = None
    if (archive is not None and treehash.is_aligned(*job.range, archive.size) and
            not (is_whole and job.completed is None)):
        told_hash = (archive.tree_hash if is_whole
                     else archive.leaves and treehash.of_range(archive.leaves, *job.range))
    has_inventory = archive is None and job.status == "Succeeded"
    return {"JobId": job.id, "JobDescription": job.description, "Action": ACTIONS[job.kind],
            "ArchiveId": archive and archive.id, "VaultARN": vault.arn,
            "CreationDate": iso_time(job.created),
            "Completed": job.completed is not None, "StatusCode": job.status,
            "StatusMessage": None if job.completed is None else job.failure or "Succeeded",
            "ArchiveSizeInBytes": archive and archive.size,
            "InventorySizeInBytes": len(job.output) if has_inventory else None,
            "SNSTopic": job.topic,
            "CompletionDate": None if job.completed is None else iso_time(job.completed),
            "SHA256TreeHash": told_hash, "ArchiveSHA256TreeHash": archive and archive.tree_hash,
            "RetrievalByteRange": archive and "%d-%d" % (job.range[0], job.range[1] - 1),
            "Tier": job.tier, "InventoryRetrievalParameters": job.parameters}


def describe(state, request):
    vault = find_vault(state, request)
    return json_answer(200, described(vault, find(vault, request.item)))


def list_jobs(state, request):
    vault = find_vault(state, request)
    completed, status = request.query.get("completed"), request.query.get("statuscode")
    if completed not in (None, "true", "false"):
        raise invalid("Invalid value of completed: " + completed)
    if status not in (None,) + STATUSES:
        raise invalid("Invalid statuscode: " + status)
    jobs = [job for job in vault.jobs.values()
            if (completed is None or (job.completed is not None) == (completed == "true")) and
            status in (None, job.status)]
    page, marker = page_of(state, request, jobs, lambda job: job.id)
    return json_answer(200, {"JobList": [described(vault, job) for job in page], "Marker": marker})


def finish(state, vault, job, when, failure=None):
    job.completed, job.failure = when, failure
    notices.notify(state, vault, job, described(vault, job))


def forget(vault, job):
    """The output is gone, and the job with it."""
    del vault.jobs[job.id]
    if job.archive is not None:
        job.archive.content.release()
