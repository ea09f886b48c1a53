"""What the server holds: buckets, objects in versions, uploads, keys, and its two clocks."""

import base64
import hashlib
import os
import threading
import time

COLD = ("GLACIER", "DEEP_ARCHIVE")
CLASSES = ("STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR") + COLD
DAY = 86400
# Amazon's longest times. Source: S3 User Guide, "Understanding archive retrieval options".
THAW_SECONDS = {
    ("GLACIER", "Expedited"): 300, ("GLACIER", "Standard"): 5 * 3600, ("GLACIER", "Bulk"): 12 * 3600,
    ("DEEP_ARCHIVE", "Standard"): 12 * 3600, ("DEEP_ARCHIVE", "Bulk"): 48 * 3600,
}


class S3Error(Exception):
    """An answer with an <Error> body; `fields` are further elements, `headers` further headers."""

    def __init__(self, status, code, message="", fields=None, headers=None):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code
        self.fields, self.headers = fields or {}, headers or {}


class Key:
    """An access key. A token and an end make it a session's."""

    def __init__(self, key_id, secret, token="", expires=None):
        self.id, self.secret, self.token, self.expires = key_id, secret, token, expires
        self.denied = set()


class Object:
    """One version of an object, or a delete marker. Its bytes lie in the files of its parts."""

    def __init__(self, key, files, settings):
        self.key, self.files = key, files  # files: (path, size)
        self.size = sum(size for _, size in files)
        self.settings = settings
        self.etag, self.parts = "", []     # parts: (number, size, SHA-256 in base64 or None)
        self.sha256 = None                 # in base64: of the whole, or "…-N"
        self.modified = time.time()
        self.version = "null"
        self.marker = False
        self.restore = None                # (ready, until), on the thaw clock

    def read(self, begin, end):
        """The bytes [begin, end), block by block. The files are opened now: a later overwrite does not reach this reader."""
        pieces, at = [], 0
        for path, size in self.files:
            first, last = max(begin, at), min(end, at + size)
            if first < last:
                pieces.append((open(path, "rb"), first - at, last - first))
            at += size
        return blocks_of(pieces)


def blocks_of(pieces):
    for file, offset, rest in pieces:
        with file:
            file.seek(offset)
            while rest:
                block = file.read(min(rest, 1 << 20))
                rest -= len(block)
                yield block


class Upload:
    def __init__(self, key, upload_id, settings):
        self.key, self.id, self.settings = key, upload_id, settings
        self.started = time.time()
        self.parts = {}  # number: (path, size, etag, SHA-256 in base64 or None)


class Bucket:
    def __init__(self, name, region):
        self.name, self.region = name, region
        self.lock = self.versioned = self.requester_pays = False
        self.owner = "111122223333"
        self.objects = {}   # key: versions, the newest last
        self.uploads = {}   # id: Upload
        self.completed = {} # ids of uploads that became objects
        self.lifecycle = None

    def current(self, key):
        versions = self.objects.get(key)
        return versions[-1] if versions and not versions[-1].marker else None


class State:
    """Everything. Handlers run under `lock`, but for the reading and writing of bodies."""

    def __init__(self, options):
        self.options = options
        self.lock = threading.RLock()
        self.buckets, self.keys = {}, {}
        self.advanced = 0.0
        self.begun = time.time()
        self.serial = 0
        self.stored = 0
        self.requests = []

    def now(self):
        """The clock that requests are judged by."""
        return time.time() + self.options.clock_skew

    def thaw_now(self):
        """The clock that thaws and locks go by; a test moves it."""
        return time.time() + self.advanced + (time.time() - self.begun) * (self.options.time_scale - 1)

    def next_id(self, kind):
        with self.lock:
            self.serial += 1
            return "%s%08d" % (kind, self.serial)

    def new_file(self):
        return os.path.join(self.options.data, self.next_id("file"))

    def add_bucket(self, text):
        """NAME[:region][:lock][:versioned][:requester-pays][:owner=ID]"""
        name, *words = text.split(":")
        bucket = Bucket(name, "us-east-1")
        for word in words:
            if word == "lock":
                bucket.lock = bucket.versioned = True
            elif word == "versioned":
                bucket.versioned = True
            elif word == "requester-pays":
                bucket.requester_pays = True
            elif word.startswith("owner="):
                bucket.owner = word[6:]
            else:
                bucket.region = word
        self.buckets[name] = bucket
        return bucket

    def add_key(self, text):
        """ID:SECRET[:TOKEN[:SECONDS]]"""
        fields = text.split(":")
        expires = time.time() + float(fields[3]) if len(fields) > 3 else None
        self.keys[fields[0]] = Key(fields[0], fields[1], fields[2] if len(fields) > 2 else "", expires)

    def issue_session(self, seconds):
        """A new session's key, as STS, a container or an instance gives it out."""
        key_id = self.next_id("ASIA")
        key = Key(key_id, "secret-of-" + key_id, "token-of-" + key_id, time.time() + seconds)
        with self.lock:
            self.keys[key_id] = key
        return key

    def forget(self, files):
        for path, size in files:
            self.stored -= size
            if os.path.exists(path):
                os.unlink(path)

    def put(self, bucket, obj):
        """Makes `obj` the current version."""
        if bucket.versioned:
            obj.version = self.next_id("version")
            bucket.objects.setdefault(obj.key, []).append(obj)
            return
        for old in bucket.objects.get(obj.key, []):
            self.forget(old.files)
        bucket.objects[obj.key] = [obj]

    def is_cold(self, obj):
        if obj.settings["class"] not in COLD:
            return False
        now = self.thaw_now()
        return not (obj.restore and obj.restore[0] <= now < obj.restore[1])

    def describe(self):
        """What GET /_control/state gives."""
        result = {}
        for bucket in self.buckets.values():
            objects = [{"key": o.key, "size": o.size, "version": o.version, "marker": o.marker, "class": o.settings["class"],
                        "settings": {k: v for k, v in o.settings.items() if v}, "cold": self.is_cold(o),
                        "current": o is versions[-1], "sha256": digest_of(o)}
                       for versions in bucket.objects.values() for o in versions]
            uploads = [{"key": u.key, "id": u.id, "started": u.started, "parts": sorted(u.parts)} for u in bucket.uploads.values()]
            result[bucket.name] = {"objects": objects, "uploads": uploads}
        return {"buckets": result, "stored": self.stored}


def digest_of(obj):
    digest = hashlib.sha256()
    for block in obj.read(0, obj.size):
        digest.update(block)
    return digest.hexdigest()


def b64(hex_digest):
    return base64.b64encode(bytes.fromhex(hex_digest)).decode()


def midnight_after(seconds):
    """Amazon lets a restored copy stay until the midnight (UTC) behind its last day."""
    return -(-int(seconds) // DAY) * DAY
