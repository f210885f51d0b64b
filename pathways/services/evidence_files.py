"""Stored files of evidence that no row knows: left behind by a transaction that never ended."""

from datetime import datetime, timedelta

from django.core.files.storage import Storage

from accounts.actors import SystemJob
from accounts.scope import run_as
from pathways.models import Evidence
from pathways.models.evidence import EVIDENCE_FOLDER

SWEEPER = SystemJob("pathways.sweep_evidence", organisation_ids=None)

# Younger ones may belong to a request that is still going on.
_ORPHAN_AFTER = timedelta(days=1)


@run_as(SWEEPER)
def sweep_evidence_files(*, now: datetime) -> int:
    """Remove stored files that are a day old and of no row; return how many went."""
    storage: Storage = Evidence().file.storage
    if not storage.exists(EVIDENCE_FOLDER):
        return 0
    stored = {f"{EVIDENCE_FOLDER}/{name}" for name in storage.listdir(EVIDENCE_FOLDER)[1]}
    known = set(Evidence.objects.filter(file__in=stored).values_list("file", flat=True))
    old = [name for name in stored - known if storage.get_modified_time(name) < now - _ORPHAN_AFTER]
    for name in old:
        storage.delete(name)
    return len(old)
