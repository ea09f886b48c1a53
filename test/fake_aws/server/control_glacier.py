"""/_control/ calls for vaults, which no Glacier client may make."""

import base64

from .content import Content, Forgotten
from .glacier import clockwork, inventory, jobs, uploads
from .glacier.archives import HEX
from .glacier.model import ARCHIVE_ID_LENGTH, Archive, Part
from .markup import iso_time, parse_iso_time
from .treehash import TreeHasher

SETTINGS = ("forget", "new_account", "no_capacity", "upload_seconds", "output_seconds",
            "inventory_seconds", "repeat_seconds")


def set_options(app, given):
    """{"forget": true, "new_account": true, "no_capacity": true, "upload_seconds": 86400 or null,
    "job_seconds": {"Standard": 60}, …}"""
    glacier = app.state.glacier
    unknown = (set(given) - set(SETTINGS) - {"job_seconds"} |
               set(given.get("job_seconds", {})) - set(glacier.job_seconds))
    if unknown:
        raise ValueError("no such settings: " + ", ".join(sorted(unknown)))
    glacier.job_seconds.update(given.get("job_seconds", {}))
    for name in SETTINGS:
        if name in given:
            setattr(glacier, name, given[name])
    return get_options(app, {})


def get_options(app, given):
    glacier = app.state.glacier
    return {**{name: getattr(glacier, name) for name in SETTINGS},
            "job_seconds": glacier.job_seconds}


def find_vault(app, given):
    return app.state.glacier.vaults[given.get("region", "us-east-1"), given["vault"]]


def find_job(app, given):
    for vault in app.state.glacier.vaults.values():
        if given["job"] in vault.jobs:
            return vault, vault.jobs[given["job"]]
    raise KeyError(given["job"])


def make_inventory(app, given):
    """{"vault", "region"}: makes one at once, whether or not anything has changed."""
    vault = find_vault(app, given)
    inventory.make(vault, app.state.glacier.now())
    return {"archives": len(vault.inventory.archives)}


def change_job(app, given):
    """{"job": ID, "do": "finish", "fail" or "expire", "message"}"""
    clockwork.run(app.state)
    vault, job = find_job(app, given)
    if given["do"] == "expire":
        jobs.forget(vault, job)
        return
    if job.completed is not None or given["do"] not in ("finish", "fail"):
        raise ValueError("the job is done, or unknown action")
    failure = given.get("message", "Failed") if given["do"] == "fail" else None
    jobs.finish(app.state, vault, job, app.state.glacier.now(), failure)


def put_archive(app, given):
    """{"vault", "region", "description", "text" or "base64", or "size" and "tree_hash",
    "created"}: an archive that no client uploaded; one of which only the size and the hash
    are given has no bytes."""
    glacier, vault = app.state.glacier, find_vault(app, given)
    created = parse_iso_time(given["created"]) if "created" in given else glacier.now()
    if "size" in given:
        what = Forgotten(int(given["size"])), checked_hash(given["tree_hash"]), None
    else:
        data = base64.b64decode(given["base64"]) if "base64" in given else given["text"].encode()
        path, hasher = app.state.new_path(), TreeHasher()
        hasher.update(data)
        with open(path, "wb") as file:
            file.write(data)
        what = Content([(path, len(data))]), hasher.digest().hex(), hasher.leaves()
    archive = Archive(glacier.new_id(ARCHIVE_ID_LENGTH), given.get("description", ""),
                      created, *what)
    glacier.put(vault, archive)
    return {"archive": archive.id}


def checked_hash(text):
    if not HEX.fullmatch(text):
        raise ValueError("not a tree hash: " + text)
    return text


def put_parts(app, given):
    """{"vault", "upload", "first": 0, "count": 9999, "tree_hash", "size"}: parts that no client
    sent, from number `first` (of 0) on, all with the same hash and without bytes; as large as the
    upload's parts are unless a size is given."""
    upload = uploads.find(find_vault(app, given), given["upload"])
    size, first = int(given.get("size", upload.part_size)), int(given.get("first", 0))
    if (not 0 < size <= upload.part_size or
            not 0 <= first <= first + int(given["count"]) <= uploads.MOST_PARTS):
        raise ValueError("no such parts")
    for number in range(first, first + int(given["count"])):
        part = Part(number * upload.part_size, Forgotten(size),
                    checked_hash(given["tree_hash"]), None)
        uploads.put_part(app.state, upload, part)


def corrupt_archive(app, given):
    """{"vault", "archive", "offset"}: flips a stored byte; no hash in answers changes."""
    content, offset = (find_vault(app, given).archives[given["archive"]].content,
                       int(given.get("offset", 0)))
    if isinstance(content, Forgotten) or not 0 <= offset < content.size:
        raise ValueError("the archive has %d bytes, or they are not kept" % content.size)
    content.flip(offset)


def remove_archive(app, given):
    """{"vault", "archive"}: removes it, in spite of locks."""
    vault = find_vault(app, given)
    app.state.glacier.remove(vault, vault.archives[given["archive"]])


def described(vault):
    archives = [{"id": archive.id, "description": archive.description, "size": archive.size,
                 "tree_hash": archive.tree_hash, "created": iso_time(archive.created),
                 "forgotten": isinstance(archive.content, Forgotten)}
                for archive in vault.archives.values()]
    under_way = [{"id": upload.id, "description": upload.description, "part_size": upload.part_size,
                  "active": iso_time(upload.active),
                  "parts": [{"begin": begin, "size": part.size, "tree_hash": part.tree_hash}
                            for begin, part in sorted(upload.parts.items())]}
                 for upload in vault.uploads.values()]
    lock = vault.lock and {"id": vault.lock.id, "locked": vault.lock.is_locked}
    return {"archives": archives, "uploads": under_way,
            "jobs": [jobs.described(vault, job) for job in vault.jobs.values()], "lock": lock,
            "inventory": iso_time(vault.inventory.date) if vault.inventory else None,
            "changed": vault.is_changed, "tags": vault.tags, "notifications": vault.notifications}


def get_vaults(app, given):
    """Vaults by "REGION:NAME"."""
    clockwork.run(app.state)
    return {"vaults": {"%s:%s" % place: described(vault)
                       for place, vault in app.state.glacier.vaults.items()}}


CALLS = {
    ("GET", "vaults"): get_vaults, ("GET", "glacier"): get_options,
    ("POST", "glacier"): set_options, ("POST", "inventory"): make_inventory,
    ("POST", "job"): change_job, ("POST", "put-archive"): put_archive,
    ("POST", "put-parts"): put_parts, ("POST", "corrupt-archive"): corrupt_archive,
    ("POST", "remove-archive"): remove_archive,
}
