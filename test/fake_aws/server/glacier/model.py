"""The content of vaults. All times are by the clock that tests move."""

import secrets

ACCOUNT = "111122223333"
HOUR = 3600
DAY = 24 * HOUR
# The longest times according to Amazon. Source: S3 Glacier Developer Guide, "Archive Retrieval
# Options" and "Downloading a Vault Inventory".
JOB_SECONDS = {"Expedited": 300, "Standard": 5 * HOUR, "Bulk": 12 * HOUR, "Inventory": 5 * HOUR}
ARCHIVE_ID_LENGTH = 138
OTHER_ID_LENGTH = 92


class Archive:
    def __init__(self, archive_id, description, created, content, tree_hash, leaves):
        self.id, self.description, self.created = archive_id, description, created
        self.content, self.tree_hash = content, tree_hash
        self.leaves = leaves  # the digest of each MiB; None if the bytes are not kept

    @property
    def size(self):
        return self.content.size


class Part:
    def __init__(self, begin, content, tree_hash, leaves):
        self.begin, self.content, self.tree_hash, self.leaves = begin, content, tree_hash, leaves

    @property
    def size(self):
        return self.content.size


class Upload:
    def __init__(self, upload_id, description, part_size, created):
        self.id, self.description = upload_id, description
        self.part_size, self.created = part_size, created
        self.active = created  # time of the last request about it
        self.parts = {}        # first byte: Part


class Job:
    """`ready` is known from the start; `completed` is set when the clock gets there."""

    def __init__(self, job_id, kind, created, ready):
        self.id, self.kind, self.created, self.ready = job_id, kind, created, ready
        self.description, self.topic, self.tier = None, None, None
        self.archive, self.range = None, None  # of an archive: which one, and (begin, end) of it
        self.output, self.format, self.parameters = b"", None, None  # of an inventory
        self.completed, self.failure = None, None

    @property
    def status(self):
        return "InProgress" if self.completed is None else "Failed" if self.failure else "Succeeded"

    @property
    def size(self):
        return self.range[1] - self.range[0] if self.archive else len(self.output)


class Lock:
    def __init__(self, lock_id, policy, created):
        self.id, self.policy = lock_id, policy
        self.created, self.expires, self.is_locked = created, created + DAY, False


class Inventory:
    """The state of `archives` at `date`."""

    def __init__(self, date, archives):
        self.date, self.archives = date, archives


class Vault:
    def __init__(self, name, region, created):
        self.name, self.region, self.created = name, region, created
        # By their ids, in the order of creation.
        self.archives, self.uploads, self.jobs = {}, {}, {}
        # Ids whose second deletion is not an error.
        self.deleted, self.aborted = set(), set()
        # Id of an upload that became an archive: (Archive, when).
        self.completed = {}
        self.inventory, self.next_inventory, self.is_changed = None, None, False
        self.notifications, self.access_policy, self.lock, self.tags = None, None, None, {}

    @property
    def arn(self):
        return "arn:aws:glacier:%s:%s:vaults/%s" % (self.region, ACCOUNT, self.name)

    def path(self, *rest):
        return "/".join(("", ACCOUNT, "vaults", self.name) + rest)


class Glacier:
    """All vaults of the account, and settings for tests."""

    def __init__(self, clock, options):
        self.clock, self.serial = clock, 0
        self.vaults, self.deleted_vaults = {}, set()  # by (region, name)
        self.retrieval_policies = {}                  # by region
        self.retrieved = []                           # (when, region, bytes) of each retrieval
        self.capacity_units = {}                      # by region: [(id, begin, end)]
        self.job_seconds = dict(JOB_SECONDS)
        self.output_seconds, self.inventory_seconds = DAY, DAY
        self.upload_seconds = None  # idle uploads expire after this; None: never
        self.repeat_seconds = HOUR  # how long a repeated Complete returns the same archive id
        self.forget = self.new_account = self.no_capacity = False
        for text in options.vault:
            name, _, region = text.partition(":")
            self.add_vault(name, region or "us-east-1")

    def now(self):
        return self.clock.thaws()

    def add_vault(self, name, region):
        vault = self.vaults[region, name] = Vault(name, region, self.now())
        return vault

    def new_id(self, length=OTHER_ID_LENGTH):
        """In the form of Amazon's: every third begins with a dash."""
        self.serial += 1
        text = secrets.token_urlsafe(length)[:length]
        return ("-" if self.serial % 3 == 0 else "aZ3_"[self.serial % 4]) + text[1:]

    def put(self, vault, archive):
        vault.archives[archive.id] = archive
        vault.is_changed = True
        if vault.next_inventory is None:
            vault.next_inventory = archive.created + self.inventory_seconds

    def remove(self, vault, archive):
        del vault.archives[archive.id]
        vault.deleted.add(archive.id)
        vault.is_changed = True
        archive.content.remove()
