"""Which intake and application of the demonstration a page of theirs is opened with."""

from typing import Any

from django.utils import timezone

from accounts.models import Person
from courses.models import Application, Intake, IntakePanelMember, SponsorStatement
from tests.every_page.arguments import first


def own_application(reader: Person) -> dict[str, Any]:
    return first(Application.objects.filter(person=reader))


def application_to_decide(reader: Person) -> dict[str, Any]:
    return first(
        Application.objects.filter(state="SHORTLISTED", intake__quorum=None).exclude(person=reader)
    )


def application_of_panel(reader: Person) -> dict[str, Any]:
    """One that is shortlisted and that the reader has not scored, else scored."""
    panels = Intake.objects.filter(panel__person=reader).values("pk")
    return first(Application.objects.filter(intake__in=panels, state="SHORTLISTED"))


def application_to_vote_on(reader: Person) -> dict[str, Any]:
    panels = Intake.objects.filter(panel__person=reader).values("pk")
    return first(Application.objects.filter(intake__in=panels, state="SUBMITTED"))


def statement_to_write(reader: Person) -> dict[str, Any]:
    return first(SponsorStatement.objects.filter(sponsor=reader, given_at=None))


def asked_to_sponsor() -> Person:
    statement = SponsorStatement.objects.select_related("sponsor").get(given_at=None)
    return statement.sponsor


def intake_of_panel(reader: Person) -> dict[str, Any]:
    return first(Intake.objects.filter(panel__person=reader))


def second_on_panel() -> Person:
    member = IntakePanelMember.objects.select_related("person").get(role="MEMBER")
    return member.person


def intake_taking(reader: Person) -> dict[str, Any]:
    return first(Intake.objects.filter(closes_at__gt=timezone.now()))


def intake_closed(reader: Person) -> dict[str, Any]:
    return first(Intake.objects.filter(closes_at__lte=timezone.now()))


def session_taking(reader: Person) -> dict[str, Any]:
    intake = Intake.objects.filter(closes_at__gt=timezone.now()).first()
    assert intake is not None
    return {"pk": intake.session_id}
