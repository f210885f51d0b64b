"""Intakes and applications, in every town."""

from datetime import timedelta

from django.db.models import Model

from accounts.models import Person
from courses.models import (
    Application,
    Intake,
    IntakePanelMember,
    Offering,
    SponsorStatement,
)
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW
from tests.factories.courses import OfferingFactory, SessionFactory
from tests.factories.selection import IntakeFactory, PanelIntakeFactory

Rows = dict[str, Model]
_PANEL = ("CHAIR", "MEMBER", "MEMBER")


def intake_rows(offering: Offering) -> dict[str, Model]:
    """An intake that is open and for which nobody has applied yet."""
    chosen = _by_application(offering, "Open intake")
    intake = IntakeFactory(session=SessionFactory(offering=chosen))
    return {"intake": intake, "session_chosen_for": intake.session}


def application_rows(offering: Offering, person: Person) -> dict[str, Model]:
    """``person`` was shortlisted, and whether they are offered a place is still to be decided."""
    chosen = _by_application(offering, f"Intake of {person.pk}")
    intake = IntakeFactory(
        session=SessionFactory(offering=chosen),
        opens_at=NOW - timedelta(days=20),
        closes_at=NOW - timedelta(days=2),
        decided_on=(NOW + timedelta(days=9)).date(),
    )
    application = _sent(intake, person)
    _shortlist(application, by=PersonFactory())
    return {"application": application}


def panel_rows(offering: Offering, person: Person, *, member: Person | None = None) -> Rows:
    """``person`` was shortlisted by a panel of three, one of whom has scored and one of whom has
    declared an interest; ``member`` sits on it besides."""
    chosen = _by_application(offering, f"Panel for {person.pk}")
    intake = PanelIntakeFactory(
        session=SessionFactory(offering=chosen),
        opens_at=NOW - timedelta(days=20),
        closes_at=NOW - timedelta(days=2),
        decided_on=(NOW + timedelta(days=9)).date(),
    )
    application = _sent(intake, person)
    chair, second, third = (sits(intake, PersonFactory(), role) for role in _PANEL)
    for voter in (chair, second):
        vote = {"stage": "SHORTLIST", "is_for": True, "cast_at": NOW}
        application.votes.create(member=voter, **vote)
    application.interests.create(member=third, what="A relative.", declared_at=NOW)
    _shortlist(application, by=chair.person)
    for criterion in intake.criteria.all():
        given = {"points": 3, "reason": "Shown in the answers.", "scored_at": NOW}
        application.scores.create(member=chair, criterion=criterion, **given)
    if member:
        sits(intake, member)
    return {"panel_application": application, "panel_intake": intake}


def sponsor_rows(
    offering: Offering, person: Person, *, applicant: Person | None = None, text: str = ""
) -> Rows:
    """Somebody who is writing their application has named ``person`` as their sponsor, who has
    written ``text`` if there is any."""
    chosen = _by_application(offering, f"Sponsored by {person.pk}")
    intake = IntakeFactory(session=SessionFactory(offering=chosen), asks_sponsor=True)
    application = Application.objects.create(
        intake=intake,
        person=applicant or PersonFactory(),
        organisation=intake.session.offering.host,
        started_at=NOW,
    )
    statement = SponsorStatement.objects.create(
        application=application,
        sponsor=person,
        named_at=NOW,
        text=text,
        given_at=NOW if text else None,
    )
    return {"sponsor_statement": statement}


def sits(intake: Intake, person: Person, role: str = "MEMBER") -> IntakePanelMember:
    return IntakePanelMember.objects.create(intake=intake, person=person, role=role, named_at=NOW)


def _sent(intake: Intake, person: Person) -> Application:
    application = Application.objects.create(
        intake=intake,
        person=person,
        organisation=intake.session.offering.host,
        started_at=intake.opens_at,
    )
    application.answers.create(question=intake.questions.get(), text="To lead.")
    application.state, application.sent_at = "SUBMITTED", intake.opens_at
    application.save()
    return application


def _shortlist(application: Application, *, by: Person) -> None:
    application.decisions.create(
        stage="SHORTLIST",
        outcome="SHORTLISTED",
        reasons="Shown in the answers.",
        decided_by=by,
        decided_at=NOW,
    )
    application.state = "SHORTLISTED"
    application.save()


def _by_application(offering: Offering, route: str) -> Offering:
    return OfferingFactory(
        host=offering.host, programme=offering.programme, route=route, admission="SELECTION"
    )
