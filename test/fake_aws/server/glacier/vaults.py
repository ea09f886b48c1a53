"""Vaults themselves, and their tags. Source: S3 Glacier Developer Guide, "Vault Operations"."""

from ..markup import iso_time
from ..wire import Answer
from .documents import read_json
from .errors import GlacierError, invalid, json_answer, missing, not_found
from .paging import page_of

MOST_VAULTS = 1000
VAULTS_PAGE = 10
MOST_TAGS = 50


def find(state, request):
    vault = state.glacier.vaults.get(request.vault_place)
    if vault is None:
        raise not_found("Vault not found for ARN: arn:aws:glacier:%s:%s:vaults/%s" %
                        (request.vault_place[0], request.account, request.vault_place[1]))
    return vault


def described(vault):
    inventory = vault.inventory
    sizes = [archive.size for archive in inventory.archives] if inventory else []
    return {"VaultARN": vault.arn, "VaultName": vault.name, "CreationDate": iso_time(vault.created),
            "LastInventoryDate": iso_time(inventory.date) if inventory else None,
            "NumberOfArchives": len(sizes) if inventory else None,
            "SizeInBytes": sum(sizes) if inventory else None}


def create_vault(state, request):
    glacier, (region, name) = state.glacier, request.vault_place
    vault = glacier.vaults.get(request.vault_place)
    if vault is None:
        if sum(1 for place in glacier.vaults if place[0] == region) >= MOST_VAULTS:
            raise GlacierError(400, "LimitExceededException",
                               "Vault limit exceeded: %d" % MOST_VAULTS)
        vault = glacier.add_vault(name, region)
    return Answer(201, {"Location": vault.path()})


def describe_vault(state, request):
    return json_answer(200, described(find(state, request)))


def list_vaults(state, request):
    region = request.signature.region
    vaults = sorted((vault for vault in state.glacier.vaults.values() if vault.region == region),
                    key=lambda vault: vault.name)
    page, marker = page_of(state, request, vaults, lambda vault: vault.arn, VAULTS_PAGE)
    return json_answer(200, {"VaultList": [described(vault) for vault in page], "Marker": marker})


def delete_vault(state, request):
    """A vault without an inventory has not been written to, or only within the last day."""
    glacier = state.glacier
    if request.vault_place in glacier.deleted_vaults and request.vault_place not in glacier.vaults:
        return Answer(204)
    vault = find(state, request)
    if vault.is_changed or (vault.inventory and vault.inventory.archives):
        raise invalid("Vault not empty or recently written to: " + vault.arn)
    for upload in vault.uploads.values():
        for part in upload.parts.values():
            part.content.remove()
    del glacier.vaults[request.vault_place]
    glacier.deleted_vaults.add(request.vault_place)
    return Answer(204)


def list_tags(state, request):
    return json_answer(200, {"Tags": find(state, request).tags})


def change_tags(state, request):
    vault, operation = find(state, request), request.query.get("operation")
    if operation is None:
        raise missing("operation")
    if operation == "add":
        add_tags(vault, read_json(request, {"Tags": dict})["Tags"])
    elif operation == "remove":
        for key in read_json(request, {"TagKeys": list})["TagKeys"]:
            vault.tags.pop(key, None)
    else:
        raise invalid("Invalid operation: " + operation)
    return Answer(204)


def add_tags(vault, tags):
    for key, value in tags.items():
        if (not isinstance(value, str) or not 1 <= len(key) <= 128 or len(value) > 256 or
                key.startswith("aws:")):
            raise invalid("Invalid tag: " + key)
    if len(set(vault.tags) | set(tags)) > MOST_TAGS:
        raise GlacierError(400, "LimitExceededException",
                           "A vault can have up to %d tags" % MOST_TAGS)
    vault.tags.update(tags)
