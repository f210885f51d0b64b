"""Celery's way in: appraisals follow the line managers on record."""

from celery import shared_task
from django.utils import timezone

from accounts.actors import SystemJob
from appraisals.services.handing_over import follow_line_managers


@shared_task(name="appraisals.follow_line_managers", ignore_result=True)
def follow_line_managers_of_record() -> int:
    job = SystemJob("appraisals.follow_line_managers", organisation_ids=None)
    return follow_line_managers(by=job, now=timezone.now())
