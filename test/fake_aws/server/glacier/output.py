"""GetJobOutput. Source: S3 Glacier Developer Guide, "Get Job Output (GET output)"."""

import re

from .. import treehash
from ..content import Forgotten
from ..wire import Answer
from . import jobs
from .archives import TREE_HASH
from .errors import invalid
from .inventory import FORMATS
from .vaults import find as find_vault

RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


def asked_range(request, size):
    """(begin, end) of the output; None for the whole. Amazon may truncate a range that is too long;
    here it is refused."""
    text = request.headers.get("range")
    if text is None:
        return None
    match = RANGE.fullmatch(text)
    begin = int(match.group(1)) if match else size
    end = int(match.group(2)) + 1 if match and match.group(2) else size
    if not begin < end <= size:
        raise invalid("Invalid range: %s of %d bytes" % (text, size))
    return begin, end


def get_output(state, request):
    job = jobs.find(find_vault(state, request), request.item)
    if job.status != "Succeeded":
        raise invalid("The job is not currently available for download: " + job.id)
    part = asked_range(request, job.size)
    begin, end = part or (0, job.size)
    answer = of_archive(job, begin, end) if job.archive else of_inventory(job, begin, end)
    answer.headers["Accept-Ranges"] = "bytes"
    if part is not None:
        answer.status = 206
        answer.headers["Content-Range"] = "bytes %d-%d/%d" % (begin, end - 1, job.size)
    return answer


def of_inventory(job, begin, end):
    return Answer(200, {"Content-Type": FORMATS[job.format]}, job.output[begin:end])


def of_archive(job, begin, end):
    archive, content = job.archive, job.archive.content
    if isinstance(content, Forgotten):
        raise invalid("This archive's bytes were not kept, see the setting forget: " + archive.id)
    first, last = job.range[0] + begin, job.range[0] + end
    headers = {"Content-Type": "application/octet-stream"}
    if archive.description:
        headers["x-amz-archive-description"] = archive.description
    if (treehash.is_aligned(*job.range, archive.size) and
            treehash.is_aligned(first, last, archive.size)):
        headers[TREE_HASH] = treehash.of_range(archive.leaves, first, last)
    answer = Answer(200, headers, content.blocks(first, last), last - first)
    content.hold()
    answer.release = content.release
    return answer
