"""Inventories: lists of archives as of some time. Source: S3 Glacier Developer Guide, "Downloading
a Vault Inventory in Amazon S3 Glacier"."""

import csv
import io
import json

from ..markup import iso_time, parse_iso_time
from .errors import GlacierError, invalid, not_found
from .model import Inventory

COLUMNS = ("ArchiveId", "ArchiveDescription", "CreationDate", "Size", "SHA256TreeHash")
PARAMETERS = ("StartDate", "EndDate", "Limit", "Marker")
FORMATS = {"JSON": "application/json", "CSV": "text/csv"}


def make(vault, date):
    vault.inventory, vault.is_changed = Inventory(date, list(vault.archives.values())), False


def read_parameters(given):
    unknown = set(given) - set(PARAMETERS)
    if unknown or not all(isinstance(value, (str, int, type(None))) for value in given.values()):
        raise GlacierError(400, "SerializationException", "Invalid InventoryRetrievalParameters")
    parameters = {
        name: None if given.get(name) is None else str(given[name]) for name in PARAMETERS}
    for name in ("StartDate", "EndDate"):
        if parameters[name] is not None and parse_iso_time(parameters[name]) is None:
            raise invalid("Invalid %s: %s" % (name, parameters[name]))
    limit = parameters["Limit"]
    if limit is not None and not (limit.isdigit() and int(limit) >= 1):
        raise invalid("Invalid Limit: " + limit)
    return parameters


def chosen(inventory, parameters):
    """(archives, the next marker or None): a page of those created at StartDate or later and before
    EndDate."""
    begin, end = (parse_iso_time(parameters[name]) if parameters[name] else None
                  for name in ("StartDate", "EndDate"))
    archives = [archive for archive in inventory.archives
                if (begin is None or archive.created >= begin) and
                (end is None or archive.created < end)]
    first, marker = 0, parameters["Marker"]
    if marker is not None:
        places = [place for place, archive in enumerate(archives) if archive.id == marker]
        if not places:
            raise invalid("Invalid Marker: " + marker)
        first = places[0]
    last = first + int(parameters["Limit"]) if parameters["Limit"] else len(archives)
    return archives[first:last], archives[last].id if last < len(archives) else None


def row(archive):
    return {"ArchiveId": archive.id, "ArchiveDescription": archive.description,
            "CreationDate": iso_time(archive.created),
            "Size": archive.size, "SHA256TreeHash": archive.tree_hash}


def rendered(vault, date, archives, kind):
    if kind == "JSON":
        return json.dumps({"VaultARN": vault.arn, "InventoryDate": iso_time(date),
                           "ArchiveList": [row(archive) for archive in archives]}).encode()
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row(archive) for archive in archives)
    return text.getvalue().encode()


def fill_job(job, vault, kind, parameters):
    """The job returns the inventory that is the last one when the job starts."""
    if vault.inventory is None:
        raise not_found("Inventory not found for vault: " + vault.arn)
    archives, marker = chosen(vault.inventory, parameters)
    job.format, job.output = kind, rendered(vault, vault.inventory.date, archives, kind)
    job.parameters = {**parameters, "Format": kind, "Marker": marker}
