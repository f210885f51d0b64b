"""Certificates of the personas' trust: for what its people completed, one by name, one revoked."""

from datetime import datetime, timedelta

from accounts.actors import SystemJob
from accounts.models import Person
from common.dates import add_months, london_date
from config.demo.personas import HOME
from config.demo.texts import texts
from config.demo.world import World
from courses.models import Award, AwardKind, Certificate, Enrolment, RevocationReason
from courses.services.certificate_ends import revoke
from courses.services.certificates import Grant, issue_by_name, issue_for

JOB = SystemJob("demo.certificates", organisation_ids=None)
# Enough for a second page of what the learning lead issued, and made quickly.
_MOST = 40


def give_certificates(world: World, *, now: datetime) -> None:
    """What was completed lately; an award with an end for the ward manager; one taken back."""
    home = world.body(HOME)
    lead = home.one_of("hr-business-partner").person
    rows = Enrolment.objects.filter(
        session__offering__host=home.organisation, state="COMPLETED", ended_at__lt=now
    )
    rows = rows.exclude(person=lead).select_related(
        "person", "session__offering__programme", "session__offering__host"
    )
    issued = issue_for(enrolments=list(rows.order_by("-ended_at", "-pk")[:_MOST]), by=JOB, now=now)
    award = Award.objects.create(
        code=f"duty-manager-{HOME.lower()}",
        title=texts()["award"]["title"],
        kind=AwardKind.CERTIFICATE,
        criteria=texts()["award"]["criteria"],
        owner=home.organisation,
    )
    day = london_date(now) - timedelta(days=30)
    grant = Grant(award, day, hours=6, expires_on=add_months(day, 24))
    learner = home.holders("ward-manager")[0].person
    issue_by_name(person=learner, grant=grant, organisation=home.organisation, by=lead, now=now)
    if len(issued) > 1:
        _take_back(issued[-1], by=lead, now=now)


def _take_back(certificate: Certificate, *, by: Person, now: datetime) -> None:
    revoke(
        certificate=certificate,
        reason=RevocationReason.ISSUED_IN_ERROR,
        text=texts()["award"]["revoked"],
        by=by,
        now=now + timedelta(hours=1),
    )
