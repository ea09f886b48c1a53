"""Events that happen as time passes. Runs before each request, when the clock is moved, and a few
times per second."""

from . import inventory, jobs, uploads


def run(state):
    for vault in state.glacier.vaults.values():
        run_jobs(state, vault)
        drop_silent_uploads(state.glacier, vault)
        if (vault.lock is not None and not vault.lock.is_locked and
                state.glacier.now() >= vault.lock.expires):
            vault.lock = None
        make_inventory(state.glacier, vault)


def run_jobs(state, vault):
    glacier = state.glacier
    now = glacier.now()
    due = [job for job in vault.jobs.values() if job.completed is None and now >= job.ready]
    for job in sorted(due, key=lambda job: job.ready):
        jobs.finish(state, vault, job, job.ready)
    for job in list(vault.jobs.values()):
        if job.completed is not None and now >= job.completed + glacier.output_seconds:
            jobs.forget(vault, job)


def drop_silent_uploads(glacier, vault):
    if glacier.upload_seconds is None:
        return
    for upload in list(vault.uploads.values()):
        if glacier.now() >= upload.active + glacier.upload_seconds:
            uploads.drop(vault, upload)


def make_inventory(glacier, vault):
    """Once a day, dated when it was due; if nothing has changed, the old one keeps its date."""
    if vault.next_inventory is None or glacier.now() < vault.next_inventory:
        return
    late = (glacier.now() - vault.next_inventory) // glacier.inventory_seconds
    due = vault.next_inventory + late * glacier.inventory_seconds
    vault.next_inventory = due + glacier.inventory_seconds
    if vault.is_changed:
        inventory.make(vault, due)
