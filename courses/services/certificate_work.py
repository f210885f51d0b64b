"""Certificates as work that waits: issued, and made into PDFs, by a worker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.actors import SystemJob
from courses.models import Enrolment, Issuer
from courses.services.certificates import issue_for, sign_again

ISSUER = SystemJob("courses.issue_certificates", organisation_ids=None)


def issue_waiting(payload: Mapping[str, Any], now: datetime) -> None:
    """Give out what completed enrolments brought. Safe to run again: nobody is given it twice."""
    rows = Enrolment.objects.filter(pk__in=payload["enrolment_ids"], state="COMPLETED")
    rows = rows.select_related("person", "session__offering__programme", "session__offering__host")
    issue_for(enrolments=list(rows.order_by("pk")), by=ISSUER, now=now)


def sign_again_waiting(payload: Mapping[str, Any], now: datetime) -> None:
    """Sign what was signed with a key that is given up. Safe to run again."""
    issuer = Issuer.objects.get(pk=payload["issuer_id"])
    while sign_again(issuer=issuer, by=ISSUER, now=now):
        pass
