"""Whom an applicant can name as their sponsor, and the statements that sponsors write."""

from datetime import date, datetime

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.selectors.relations import main_organisation_id
from courses.models import (
    STATEMENT_STATES,
    Application,
    ApplicationState,
    Intake,
    SessionState,
    SponsorStatement,
    SponsorStatementQuerySet,
)
from courses.selectors.selection_panel import person_at, sits_on_panel

# Whoever was asked writes, wherever they work by then: somebody who left may know the applicant
# best. They are shown their own statement, whom it is about and what it is for, and nothing else.
READER = SystemJob("courses.read_own_statements", organisation_ids=None)


def sponsor_at(email: str, application: Application, *, on: date) -> Person | None:
    """Whoever has the address, where they can sponsor the applicant. Why somebody cannot is not
    told apart from there being nobody: it would say who has an account, or chooses."""
    person = person_at(email)
    if person is None or person.pk == application.person_id:
        return None
    there = {application.organisation_id}
    if main_organisation_id(person, on=on, within=there) is None:
        return None
    return None if sits_on_panel(person, application.intake) else person


def sponsorship_of(application: Application) -> SponsorStatement | None:
    """Whom the applicant has named, and what they wrote."""
    rows = SponsorStatement.objects.filter(application=application)
    return rows.select_related("sponsor").first()


def sponsors_somebody(person: Person, intake: Intake) -> bool:
    """Whether somebody who applies for the intake has named the person."""
    rows = SponsorStatement.objects.filter(sponsor=person, application__intake=intake)
    return rows.exclude(application__state=ApplicationState.WITHDRAWN).exists()


def statement_asked_of(person: Person, pk: int, *, on: date) -> SponsorStatement | None:
    """What the person was asked to write about somebody, or has written."""
    with lifted(READER):
        return _asked_of(person, on=on).filter(pk=pk).first()


def is_asked_to_write(person: Person) -> bool:
    """Whether there is anything to look at more closely: nearly everybody is asked for nothing."""
    return SponsorStatement.objects.filter(sponsor=person, given_at__isnull=True).exists()


def statements_to_write(
    person: Person, *, on: date, now: datetime, most: int
) -> list[SponsorStatement]:
    """What the person can still write about others, the first to close first."""
    with lifted(READER):
        rows = _asked_of(person, on=on).filter(
            given_at__isnull=True,
            application__state__in=STATEMENT_STATES,
            application__intake__closes_at__gt=now,
            application__intake__session__state=SessionState.OPEN,
        )
        return list(rows.order_by("application__intake__closes_at", "pk")[:most])


def _asked_of(person: Person, *, on: date) -> SponsorStatementQuerySet:
    rows = SponsorStatement.objects.visible_to(person, on=on).filter(sponsor=person)
    return rows.select_related(
        "application__person", "application__intake__session__offering__programme"
    )
