"""The hourly round: it asks the database what is due, so a missed hour or day costs nothing."""

from celery import shared_task
from django.utils import timezone

from notifications.services.digests import make_digests
from notifications.services.reminders import run_due_days as read_due_days


@shared_task(name="notifications.run_due_days", ignore_result=True)
def run_due_days() -> None:
    now = timezone.now()
    read_due_days(now=now)
    make_digests(now=now)
