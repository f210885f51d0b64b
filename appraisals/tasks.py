"""Celery's way in: appraisals follow the line managers on record."""

from celery import shared_task
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.scope import run_as
from appraisals.services.handing_over import follow_line_managers

JOB = SystemJob("appraisals.follow_line_managers", organisation_ids=None)


@shared_task(name="appraisals.follow_line_managers", ignore_result=True)
def follow_line_managers_of_record() -> int:
    with run_as(JOB):
        return follow_line_managers(by=JOB, now=timezone.now())
