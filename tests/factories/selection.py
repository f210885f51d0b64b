"""Intakes and applications, as tests need them: each step is taken by its service."""

from datetime import timedelta

import factory

from accounts.models import Person
from courses.models import Application, Intake, IntakeCriterion, IntakeQuestion
from courses.services.selection_applying import save_application, send_application
from courses.services.selection_assessing import Given, cast_vote, score_application
from courses.services.selection_choosing import Judgement, decide_application
from courses.services.selection_panel import name_panel_member
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, colleague_of, host_of

# Ten in the morning in London, as such intakes close.
CLOSES = NOW.replace(hour=10) + timedelta(days=10)
DECIDING = CLOSES + timedelta(days=1)
CRITERIA = [("Leads across boundaries", 2), ("Learns from failure", 1)]


class IntakeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Intake
        skip_postgeneration_save = True

    session = factory.SubFactory(SessionFactory, offering__admission="SELECTION")
    opens_at = NOW - timedelta(days=1)
    closes_at = CLOSES
    decided_on = (CLOSES + timedelta(days=14)).date()
    places = 2
    offer_days = 7
    guidance = "For people who lead a service and want to lead a trust."

    @factory.post_generation
    def questions(self, create, extracted, **fields):
        for position, words in enumerate(extracted or ["Why do you apply?"], start=1):
            IntakeQuestion.objects.create(
                intake=self, position=position, words=words, most_words=200
            )


class PanelIntakeFactory(IntakeFactory):
    """Chosen for by a panel, two of whom have to score and vote."""

    quorum = 2

    @factory.post_generation
    def criteria(self, create, extracted, **fields):
        for position, (words, weight) in enumerate(extracted or CRITERIA, start=1):
            IntakeCriterion.objects.create(
                intake=self, position=position, words=words, weight=weight
            )


def panellist(intake: Intake, role: str = "MEMBER", person: Person | None = None):
    """Somebody of the host, named for the panel by a lead."""
    person = person or employ(organisation=host_of(intake.session))
    return name_panel_member(
        intake=intake, email=person.email, role=role, by=lead_of(intake), now=NOW
    )


def scored(application: Application, *members, points: int = 3, now=DECIDING) -> Application:
    """Each of ``members`` gives ``points`` by every criterion."""
    for member in members:
        given = {
            criterion.pk: Given(points, "Shown in the answers.")
            for criterion in application.intake.criteria.all()
        }
        application = score_application(
            application=application, given=given, by=member.person, now=now
        )
    return application


def voted(application: Application, *members, is_for: bool = True, now=DECIDING) -> None:
    for member in members:
        cast_vote(application=application, is_for=is_for, by=member.person, now=now)


def assessed(application: Application, chair, *members) -> Application:
    """Shortlisted by all of the panel, then scored by all of it."""
    voted(application, chair, *members)
    application = decided(application, "shortlist", by=chair.person)
    return scored(application, chair, *members)


def lead_of(intake: Intake, role: str = "LEARNING_LEAD") -> Person:
    return grant(PersonFactory(), role, host_of(intake.session))


def drafted(intake: Intake, person: Person | None = None, text: str = "To lead.") -> Application:
    person = person or colleague_of(intake.session)
    answers = {question.pk: text for question in intake.questions.all()}
    return save_application(intake=intake, answers=answers, person=person, by=person, now=NOW)


def sent(intake: Intake, person: Person | None = None) -> Application:
    application = drafted(intake, person)
    return send_application(application=application, by=application.person, now=NOW)


def decided(application: Application, step: str, *, by: Person, now=DECIDING) -> Application:
    judgement = Judgement(step, "Shown in the answers.")
    return decide_application(application=application, judgement=judgement, by=by, now=now)


def shortlisted(intake: Intake, *, by: Person, person: Person | None = None) -> Application:
    return decided(sent(intake, person), "shortlist", by=by)


def offered(intake: Intake, *, by: Person, person: Person | None = None) -> Application:
    return decided(shortlisted(intake, by=by, person=person), "offer", by=by)


def reserve(intake: Intake, *, by: Person, person: Person | None = None) -> Application:
    return decided(shortlisted(intake, by=by, person=person), "reserve", by=by)
