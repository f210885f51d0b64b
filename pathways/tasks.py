"""Celery's way in: a service does the work."""

from celery import shared_task
from django.utils import timezone

from pathways.services.evidence_files import sweep_evidence_files


@shared_task(name="pathways.sweep_evidence", ignore_result=True)
def sweep_evidence() -> int:
    """Remove files of evidence that no row knows."""
    return sweep_evidence_files(now=timezone.now())
