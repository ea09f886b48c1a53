"""The state of the server: its clocks, keys, buckets, objects with versions, and uploads; vaults
and topics have their own models."""

import fnmatch
import os
import secrets
import threading
import time

from .content import Content
from .glacier.model import Glacier
from .sns.model import Sns

COLD = ("GLACIER", "DEEP_ARCHIVE")
CLASSES = ("STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR") + COLD
DAY = 86400
HOUR = 3600
# The longest times according to Amazon. Source: S3 User Guide,
# "Understanding archive retrieval options".
THAW_SECONDS = {
    ("GLACIER", "Expedited"): 300, ("GLACIER", "Standard"): 5 * HOUR,
    ("GLACIER", "Bulk"): 12 * HOUR, ("DEEP_ARCHIVE", "Standard"): 12 * HOUR,
    ("DEEP_ARCHIVE", "Bulk"): 48 * HOUR,
}


class Clock:
    """Two clocks: requests are checked by the real time and a fixed skew; thaws and locks by one
    that tests advance."""

    def __init__(self, options):
        self.options = options
        self.begun, self.moved = time.time(), 0.0

    def requests(self):
        return time.time() + self.options.clock_skew

    def thaws(self):
        return self.begun + (time.time() - self.begun) * self.options.time_scale + self.moved


class Key:
    """An access key; with a token and an end it is a session's."""

    def __init__(self, key_id, secret, token="", expires=None):
        self.id, self.secret, self.token, self.expires = key_id, secret, token, expires
        self.deny, self.allow = [], None  # patterns of action names; allow None: everything

    def is_expired(self):
        return self.expires is not None and time.time() >= self.expires

    def may(self, action):
        if any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in self.deny):
            return False
        return (self.allow is None or
                any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in self.allow))


class Settings:
    """How an object is stored; given when it is put or its upload is created."""

    def __init__(self):
        self.storage_class = "STANDARD"
        self.sse, self.kms_key, self.bucket_key = "AES256", "", False
        self.lock_mode, self.retain_until, self.legal_hold = "", None, False
        self.tags, self.metadata, self.content_headers = [], {}, {}


class Part:
    def __init__(self, number, content, etag, checksums, modified):
        self.number, self.content, self.etag = number, content, etag
        self.checksums, self.modified = checksums, modified  # {algorithm: base64}


class Version:
    """One version of an object, or a delete marker."""

    def __init__(self, key, modified):
        self.key, self.modified = key, modified
        self.version_id, self.is_marker = "null", False
        self.content, self.etag, self.settings = Content([]), "", Settings()
        self.checksums, self.checksum_type = {}, ""
        self.parts = []      # of a multipart object: (number, size, {algorithm: base64})
        self.restore = None  # Restore

    @property
    def size(self):
        return self.content.size

    def is_cold(self, now):
        return (self.settings.storage_class in COLD and
                not (self.restore and self.restore.is_readable(now)))

    def is_locked(self, now, bypass):
        if self.settings.legal_hold:
            return True
        retained = self.settings.retain_until is not None and self.settings.retain_until > now
        return retained and not (bypass and self.settings.lock_mode == "GOVERNANCE")


class Restore:
    """A thaw: readable from `ready` to `until`, on the thaw clock."""

    def __init__(self, ready, until, days):
        self.ready, self.until, self.days = ready, until, days

    def is_ongoing(self, now):
        return now < self.ready

    def is_readable(self, now):
        return self.ready <= now < self.until


class Upload:
    def __init__(self, key, upload_id, settings, algorithm, checksum_type, started):
        self.key, self.id, self.settings = key, upload_id, settings
        self.algorithm, self.checksum_type, self.started = algorithm, checksum_type, started
        self.parts = {}


class Bucket:
    def __init__(self, name, region="us-east-1"):
        self.name, self.region, self.owner = name, region, "111122223333"
        self.lock, self.versioning, self.requester_pays = False, "", False
        self.created = time.time()
        self.objects = {}      # key: versions, the newest last
        self.uploads = {}      # id: Upload
        self.completed = {}    # id of an upload that became an object: (key, version id)
        self.lifecycle = None  # the document as it was put

    def newest(self, key):
        """The current version, or the delete marker that hides it; None if there was never one."""
        versions = self.objects.get(key)
        return versions[-1] if versions else None

    def current(self, key):
        version = self.newest(key)
        return None if version is None or version.is_marker else version

    def version(self, key, version_id):
        for version in self.objects.get(key, []):
            if version.version_id == version_id:
                return version
        return None


def parse_bucket(text):
    """NAME[:region][:lock][:versioned][:requester-pays][:owner=ID]"""
    name, *words = text.split(":")
    bucket = Bucket(name)
    for word in words:
        if word == "lock":
            bucket.lock, bucket.versioning = True, "Enabled"
        elif word == "versioned":
            bucket.versioning = "Enabled"
        elif word == "requester-pays":
            bucket.requester_pays = True
        elif word.startswith("owner="):
            bucket.owner = word[len("owner="):]
        elif word:
            bucket.region = word
    return bucket


def parse_key(text):
    """ID:SECRET[:TOKEN[:EXPIRES_IN_SECONDS]]"""
    fields = text.split(":")
    if not 2 <= len(fields) <= 4:
        raise ValueError("a key is ID:SECRET[:TOKEN[:SECONDS]]")
    expires = time.time() + float(fields[3]) if len(fields) == 4 else None
    return Key(fields[0], fields[1], fields[2] if len(fields) > 2 else "", expires)


class State:
    """Everything. `lock` is held while a request acts; bodies are read before and written after."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.lock = threading.RLock()
        self.clock = Clock(options)
        self.buckets = {bucket.name: bucket for bucket in map(parse_bucket, options.bucket)}
        self.keys = {key.id: key for key in map(parse_key, options.key)}
        self.thaw_seconds = dict(THAW_SECONDS)
        self.conditional = {}  # (bucket, key): number of running conditional writes
        self.metadata_tokens = {}
        self.serial = 0
        self.glacier, self.sns = Glacier(self.clock, options), Sns()

    def next_serial(self):
        with self.lock:
            self.serial += 1
            return self.serial

    def new_path(self):
        return os.path.join(self.folder, "%08d" % self.next_serial())

    def new_version_id(self):
        return "%s.%s_" % (secrets.token_hex(8), secrets.token_hex(7))

    def new_upload_id(self):
        """Later ones sort after earlier ones."""
        return "%08d~%s._-" % (self.next_serial(), secrets.token_hex(20))

    def issue_session(self):
        serial = self.next_serial()
        key = Key("ASIA%012d" % serial, secrets.token_hex(20),
                  "token/%d+%s==" % (serial, secrets.token_hex(24)),
                  time.time() + self.options.sts_seconds)
        with self.lock:
            self.keys[key.id] = key
        return key

    def stored_bytes(self):
        total = 0
        for bucket in self.buckets.values():
            total += sum(version.size for versions in bucket.objects.values()
                         for version in versions)
            total += sum(part.content.size for upload in bucket.uploads.values()
                         for part in upload.parts.values())
        return total

    def put(self, bucket, version):
        """Makes `version` the current one of its key, and removes the one that it replaces."""
        versions = bucket.objects.setdefault(version.key, [])
        if bucket.versioning == "Enabled":
            version.version_id = self.new_version_id()
        else:
            for old in [old for old in versions if old.version_id == "null"]:
                versions.remove(old)
                old.content.remove()
        versions.append(version)

    def remove(self, bucket, version):
        versions = bucket.objects[version.key]
        versions.remove(version)
        version.content.remove()
        if not versions:
            del bucket.objects[version.key]


def midnight_after(seconds):
    """Amazon removes a restored copy at the next midnight, UTC."""
    return (int(seconds) // DAY + 1) * DAY
