"""Celery's way in to the projection that search reads."""

from celery import shared_task
from django.utils import timezone

from talent.services.projection import refresh_from_ledger


@shared_task(name="talent.refresh_search", ignore_result=True)
def refresh_search() -> int:
    """Bring the projection up to the end of the ledger; sent by beat, safe to run twice."""
    return refresh_from_ledger(now=timezone.now())
