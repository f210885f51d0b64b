"""Celery's way in to the ledger's proofs and to retention."""

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.services.anchors import sign_heads
from accounts.services.letting_go import look_everywhere
from accounts.services.verification import verify

log = structlog.get_logger(__name__)


@shared_task(name="accounts.sign_ledger_heads", ignore_result=True)
def sign_ledger_heads() -> int:
    """Sign the heads and keep them outside; return how many chains have lost what was signed."""
    signing = sign_heads(now=timezone.now())
    for chain, sequence in signing.lost:
        log.critical("ledger_head_lost", chain=chain, sequence=sequence)
    return len(signing.lost)


@shared_task(name="accounts.verify_ledger", ignore_result=True)
def verify_ledger() -> int:
    """Verify the whole ledger; return how many places are broken."""
    faults = verify(now=timezone.now()).faults
    for fault in faults:
        log.critical("ledger_broken", fault=fault.kind, chain=fault.chain, event=fault.event_id)
    return len(faults)


@shared_task(name="accounts.look_at_retention", ignore_result=True)
def look_at_retention() -> int:
    """Count what has been kept for long enough; return in how many organisations there is some."""
    by = SystemJob("accounts.retention", organisation_ids=None)
    return look_everywhere(by=by, now=timezone.now())
