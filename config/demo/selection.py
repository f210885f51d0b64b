"""A course to which people apply: one intake that is decided, and one that is open."""

from datetime import date, datetime, time, timedelta

from accounts.models import Person
from common.dates import LONDON, london_date
from config.demo.texts import texts
from config.demo.world import Body
from courses.models import Admission, Application, Intake, Offering, PanelRole, Programme
from courses.services.selection_applying import save_application, send_application
from courses.services.selection_assessing import Given, cast_vote, score_application
from courses.services.selection_choosing import Judgement, decide_application
from courses.services.selection_intakes import IntakePlan, plan_intake
from courses.services.selection_panel import name_panel_member
from courses.services.sessions import SessionPlan, open_session

_PROGRAMME = "ASPIRING_COO"
_MOST_WORDS = 300
_STEPS = ("offer", "reserve", None)


def choose_people(home: Body, applicants: list[Person], *, now: datetime) -> None:
    """The first of ``applicants`` is offered a place, the second is on the reserve list, and the
    others are shortlisted; the next intake takes applications."""
    offering = Offering.objects.create(
        programme=Programme.objects.get(code=_PROGRAMME),
        host=home.organisation,
        route="Chosen here",
        admission=Admission.SELECTION,
        study_hours=60,
    )
    lead = home.one_of("hr-business-partner").person
    past = _intake(offering, lead, opened=now - timedelta(days=40), starts_in=90)
    sent = [_apply(past, person, now=now - timedelta(days=30)) for person in applicants]
    for number, application in enumerate(sent):
        _decide(application, "shortlist", lead, now=now - timedelta(days=5))
        step = _STEPS[min(number, len(_STEPS) - 1)]
        if step:
            _decide(application, step, lead, now=now - timedelta(days=1))
    taking = _intake(offering, lead, opened=now - timedelta(days=4), starts_in=270)
    _name_a_sponsor(taking, applicants, now=now - timedelta(days=1))
    _choose_by_panel(home, offering, applicants[:2], now=now)


def _choose_by_panel(
    home: Body, offering: Offering, applicants: list[Person], *, now: datetime
) -> None:
    """Two people sit on the panel of a third intake: the first applicant is shortlisted and scored
    by its chair, the second waits for votes."""
    lead = home.one_of("hr-business-partner").person
    deputy = home.one_of("deputy-director-of-people", "director-of-people").person
    opened = now - timedelta(days=36)
    intake = _intake(offering, lead, opened=opened, starts_in=180, has_panel=True)
    for person, role in ((lead, PanelRole.CHAIR), (deputy, PanelRole.MEMBER)):
        name_panel_member(intake=intake, email=person.email, role=role, by=lead, now=opened)
    first, *_others = [
        _apply(intake, person, now=now - timedelta(days=20)) for person in applicants
    ]
    voted = now - timedelta(days=3)
    for person in (lead, deputy):
        cast_vote(application=first, is_for=True, by=person, now=voted)
    _decide(first, "shortlist", lead, now=voted)
    reason = texts()["selection"]["score"]
    given = {criterion.pk: Given(3, reason) for criterion in intake.criteria.all()}
    score_application(application=first, given=given, by=lead, now=now - timedelta(days=2))


def _name_a_sponsor(intake: Intake, applicants: list[Person], *, now: datetime) -> None:
    """The last of ``applicants`` has begun to apply and asks the second to write about them."""
    *_others, sponsor, person = applicants
    question = intake.questions.order_by("position")[0]
    save_application(
        intake=intake,
        answers={question.pk: texts()["selection"]["answers"][0]},
        person=person,
        by=person,
        now=now,
        sponsor=sponsor.email,
    )


def _intake(
    offering: Offering,
    lead: Person,
    *,
    opened: datetime,
    starts_in: int,
    has_panel: bool = False,
) -> Intake:
    starts_on = london_date(opened) + timedelta(days=starts_in)
    closes_at = _at(london_date(opened) + timedelta(days=28), 10)
    session = open_session(
        offering=offering,
        plan=SessionPlan(
            starts_at=_at(starts_on, 9),
            ends_at=_at(starts_on + timedelta(days=240), 16),
            closes_at=_at(starts_on - timedelta(days=14), 17),
            place=f"Education centre, {offering.host.name}",
            capacity=4,
        ),
        by=lead,
        now=opened,
    )
    said = texts()["selection"]
    plan = IntakePlan(
        opens_at=opened,
        closes_at=closes_at,
        decided_on=london_date(closes_at) + timedelta(days=21),
        places=1,
        offer_days=14,
        guidance=said["guidance"],
        questions=[(words, _MOST_WORDS) for words in said["questions"]],
        quorum=2 if has_panel else None,
        asks_sponsor=True,
        criteria=[(words, 1) for words in said["criteria"]] if has_panel else [],
    )
    return plan_intake(session=session, plan=plan, by=lead, now=opened)


def _apply(intake: Intake, person: Person, *, now: datetime) -> Application:
    questions = intake.questions.order_by("position").values_list("pk", flat=True)
    answers = dict(zip(questions, texts()["selection"]["answers"], strict=True))
    draft = save_application(intake=intake, answers=answers, person=person, by=person, now=now)
    return send_application(application=draft, by=person, now=now)


def _decide(application: Application, step: str, lead: Person, *, now: datetime) -> None:
    reasons = texts()["selection"]["reasons"][step == "reserve"]
    decide_application(
        application=application, judgement=Judgement(step, reasons), by=lead, now=now
    )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=LONDON)
