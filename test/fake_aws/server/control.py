"""/_control/…: calls for tests, which no S3 client may make. Not signed, and not subject to
faults."""

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlencode

from . import control_glacier, control_sns
from .content import Content, sha256_of
from .errors import Refusal
from .glacier import clockwork
from .markup import iso_time, parse_iso_time
from .model import CLASSES, Version, parse_bucket, parse_key
from .wire import Answer

PREFIX = "/_control/"


def is_for(request):
    return request.path.startswith(PREFIX)


def answer(app, request):
    call = (request.method, request.path[len(PREFIX):])
    handler = CALLS.get(call)
    if handler is None:
        calls = sorted("%s %s%s" % (method, PREFIX, name) for method, name in CALLS)
        return as_json(404, {"error": "no such call", "calls": calls})
    try:
        given = (json.loads(request.body.read() or b"{}") if request.method == "POST"
                 else parse_qs(request.raw_query))
        with app.state.lock:
            return as_json(200, handler(app, given) or {})
    except (KeyError, ValueError, TypeError, LookupError, Refusal) as error:
        return as_json(400, {"error": "%s: %s" % (type(error).__name__, error)})


def as_json(status, value):
    return Answer(status, {"Content-Type": "application/json"}, (json.dumps(value) + "\n").encode())


def get_clock(app, given):
    clock = app.state.clock
    return {"requests": iso_time(clock.requests()), "thaws": iso_time(clock.thaws()),
            "moved": clock.moved}


def move_clock(app, given):
    """{"advance": seconds} or {"set": "2026-12-31T00:00:00Z"}: moves the thaw clock; everything due
    by then has happened before this answers."""
    clock = app.state.clock
    if "set" in given:
        moment = parse_iso_time(given["set"])
        if moment is None:
            raise ValueError("not an ISO 8601 time: %s" % given["set"])
        clock.moved += moment - clock.thaws()
    clock.moved += float(given.get("advance", 0))
    clockwork.run(app.state)
    return get_clock(app, given)


def set_faults(app, given):
    app.faults.configure(given)


def get_faults(app, given):
    return {"faults": ["%(method)s %(path)s?%(query)s: %(fault)s" % entry for entry in app.log
                       if entry["fault"]]}


def set_options(app, given):
    """Command line options by their long names with _ for -: those that are read at each
    request."""
    unknown = set(given) - {"capacity", "clock_skew", "page_size", "min_part_size",
                            "no_unsigned_payload", "repeat_complete", "kms_key", "sts_seconds",
                            "stall_seconds", "container_token", "verbose"}
    if unknown:
        raise ValueError("no such options, or not while it runs: " + ", ".join(sorted(unknown)))
    for name, value in given.items():
        setattr(app.options, name, value)


def add_key(app, given):
    """{"key": "ID:SECRET[:TOKEN[:SECONDS]]"}"""
    key = parse_key(given["key"])
    app.state.keys[key.id] = key


def deny(app, given):
    """{"key": ID, "actions": ["s3:PutObject", "s3:Get*"]}: replaces what was denied before."""
    app.state.keys[given["key"]].deny = list(given["actions"])


def allow(app, given):
    """{"key": ID, "actions": [...] or null}: allows only these; null: everything."""
    app.state.keys[given["key"]].allow = given["actions"]


def remove_key(app, given):
    """{"key": ID}"""
    del app.state.keys[given["key"]]


def add_bucket(app, given):
    """{"bucket": "NAME[:region][:lock]…"}"""
    bucket = parse_bucket(given["bucket"])
    app.state.buckets[bucket.name] = bucket


def find(app, given):
    bucket = app.state.buckets[given["bucket"]]
    version = (bucket.version(given["key"], given["version"]) if given.get("version")
               else bucket.newest(given["key"]))
    if version is None:
        raise KeyError(given["key"])
    return bucket, version


def corrupt(app, given):
    """{"bucket", "key", "offset", "version"}: flips a stored byte; no checksum in answers
    changes."""
    _, version = find(app, given)
    offset = int(given.get("offset", 0))
    if not 0 <= offset < version.size:
        raise ValueError("the object has %d bytes" % version.size)
    version.content.flip(offset)


def put_object(app, given):
    """{"bucket", "key", "text" or "base64", "class"}: adds an object."""
    state, bucket = app.state, app.state.buckets[given["bucket"]]
    data = (base64.b64decode(given["base64"]) if "base64" in given
            else given.get("text", "").encode())
    if given.get("class", "STANDARD") not in CLASSES:
        raise ValueError("no such storage class")
    path = state.new_path()
    with open(path, "wb") as file:
        file.write(data)
    version = Version(given["key"], state.clock.requests())
    version.settings.storage_class = given.get("class", "STANDARD")
    version.content, version.etag = (Content([(path, len(data))]),
                                     '"%s"' % hashlib.md5(data).hexdigest())
    state.put(bucket, version)


def remove_object(app, given):
    """{"bucket", "key", "version"}: removes it, in spite of locks."""
    app.state.remove(*find(app, given))


def describe_version(app, bucket, version):
    settings, restore, now = version.settings, version.restore, app.state.clock.thaws()
    return {"key": version.key, "version": version.version_id,
            "current": version is bucket.newest(version.key), "marker": version.is_marker,
            "size": version.size, "sha256": sha256_of(version.content),
            "etag": version.etag, "checksums": version.checksums,
            "parts": [{"number": number, "size": size, "checksums": checksums}
                      for number, size, checksums in version.parts],
            "class": settings.storage_class, "settings": describe_settings(settings),
            "cold": version.is_cold(now),
            "thawing": bool(restore and restore.is_ongoing(now)),
            "restored_until": iso_time(restore.until) if restore and restore.is_readable(now)
                              else None,
            "lock": settings.lock_mode, "until": settings.retain_until,
            "modified": iso_time(version.modified)}


def describe_settings(settings):
    """The options that are set; times in seconds."""
    everything = {"class": settings.storage_class, "sse": settings.sse, "kms": settings.kms_key,
                  "lock": settings.lock_mode, "until": settings.retain_until,
                  "tags": urlencode(settings.tags, safe="/:+"),
                  "meta": settings.metadata, "headers": settings.content_headers}
    return {name: value for name, value in everything.items() if value}


def get_state(app, given):
    state, result = app.state, {}
    for bucket in state.buckets.values():
        uploads = [{"key": upload.key, "id": upload.id, "started": iso_time(upload.started),
                    "class": upload.settings.storage_class,
                    "parts": [{"number": part.number, "size": part.content.size, "etag": part.etag}
                              for _, part in sorted(upload.parts.items())]}
                   for upload in bucket.uploads.values()]
        objects = [describe_version(app, bucket, version) for key in sorted(bucket.objects)
                   for version in bucket.objects[key]]
        result[bucket.name] = {"region": bucket.region, "versioning": bucket.versioning,
                               "lock": bucket.lock, "objects": objects, "uploads": uploads}
    return {"buckets": result, "stored": state.stored_bytes(), "clock": get_clock(app, given)}


def get_requests(app, given):
    """?since=N: those after number N."""
    since = int(given.get("since", ["0"])[0])
    return {"requests": app.log[since:], "next": len(app.log)}


CALLS = {
    ("GET", "clock"): get_clock, ("POST", "clock"): move_clock, ("POST", "faults"): set_faults,
    ("GET", "fault-log"): get_faults, ("POST", "options"): set_options, ("POST", "key"): add_key,
    ("POST", "deny"): deny, ("POST", "allow"): allow, ("POST", "remove-key"): remove_key,
    ("POST", "bucket"): add_bucket, ("POST", "corrupt"): corrupt,
    ("POST", "put-object"): put_object, ("POST", "remove-object"): remove_object,
    ("GET", "state"): get_state, ("GET", "requests"): get_requests,
    **control_glacier.CALLS, **control_sns.CALLS,
}
