"""Programmes, offerings, sessions and enrolments, as tests need them."""

from datetime import UTC, datetime, timedelta

import factory

from accounts.models import Organisation, Person
from common.dates import add_working_days
from courses.models import (
    Accreditation,
    Approval,
    Award,
    Body,
    Enrolment,
    Offering,
    OfferingShare,
    Outcome,
    Programme,
    ProgrammeAward,
    RoleProgramme,
    Session,
)
from pathways.models import Competency, RoleProfile
from tests.factories.accounts import LONG_AGO, OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW
from tests.factories.pathways import RoleProfileFactory, follow

STARTS = datetime(2027, 1, 14, 9, 30, tzinfo=UTC)


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme

    code = factory.Sequence(lambda n: f"PROGRAMME_{n}")
    title = factory.Sequence(lambda n: f"Leading a ward {n}")
    summary = "Six days about running a ward well."
    mode = "IN_PERSON"


class BodyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Body
        django_get_or_create = ("name",)

    code = factory.LazyAttribute(lambda body: body.name.lower().replace(" ", "-")[:60])
    name = "Chartered Management Institute"
    is_verified = True


class AwardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Award

    code = factory.Sequence(lambda n: f"brought-{n}")
    title = factory.Sequence(lambda n: f"Certificate in leading a ward {n}")
    kind = "CERTIFICATE"
    level = 5
    body = factory.SubFactory(BodyFactory)


class AccreditationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Accreditation

    programme = factory.SubFactory(ProgrammeFactory)
    body = factory.SubFactory(BodyFactory)
    level = "Level 5"
    starts_on = LONG_AGO


class OfferingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Offering

    programme = factory.SubFactory(ProgrammeFactory)
    host = factory.SubFactory(OrganisationFactory)
    study_hours = 12


class OfferingShareFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OfferingShare

    offering = factory.SubFactory(OfferingFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class SessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Session

    offering = factory.SubFactory(OfferingFactory)
    starts_at = STARTS
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + timedelta(hours=6))
    closes_at = factory.LazyAttribute(lambda session: session.starts_at - timedelta(days=7))
    place = "Education centre, room 2"
    capacity = 10


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """A request that waits for approval, unless told otherwise."""

    class Meta:
        model = Enrolment
        skip_postgeneration_save = True

    session = factory.SubFactory(SessionFactory)
    person = factory.SubFactory(PersonFactory)
    organisation = factory.SelfAttribute("session.offering.host")
    state = "REQUESTED"
    basis = factory.LazyAttribute(
        lambda enrolment: "APPROVAL" if enrolment.state == "REQUESTED" else "ENTITLEMENT"
    )
    requested_at = NOW
    study_hours = 12

    @factory.post_generation
    def stages(self, create, extracted, **fields):
        """The line manager is asked about a request, with a week to answer."""
        if create and self.state == "REQUESTED":
            asked_on = self.requested_at.date()
            due_on = add_working_days(asked_on, 5)
            given = {"asked_at": self.requested_at, "due_on": due_on, **fields}
            Approval.objects.create(enrolment=self, **given)


def outcome(programme: Programme, competency: Competency, rank: int) -> Outcome:
    """Completing ``programme`` brings ``competency`` to ``rank``."""
    return Outcome.objects.create(programme=programme, competency=competency, rank=rank)


def brings(programme: Programme, title: str = "", **fields: object) -> Award:
    """Completing ``programme`` brings an award of that title."""
    award = AwardFactory(**({"title": title} if title else {}), **fields)
    ProgrammeAward.objects.create(programme=programme, award=award)
    return award


def entitle(person: Person, programme: Programme) -> RoleProfile:
    """Let the role of ``person`` ask for ``programme``."""
    role = RoleProfileFactory()
    follow(person, role)
    RoleProgramme.objects.create(role_profile=role, programme=programme)
    return role


def colleague_of(session: Session, **employment: object) -> Person:
    """Somebody employed where ``session`` is run."""
    return employ(organisation=session.offering.host, **employment)


def seated(
    session: Session, seat: int, *, person: Person | None = None, state: str = "CONFIRMED"
) -> Enrolment:
    """An entitled person in a seat of ``session``."""
    return EnrolmentFactory(
        session=session,
        person=person or PersonFactory(),
        state=state,
        seat=seat,
        confirmed_at=NOW,
        ended_at=NOW if state in {"ABSENT", "PARTIAL", "COMPLETED"} else None,
    )


def queued(
    session: Session, *, person: Person | None = None, minutes: int = 0, **fields: object
) -> Enrolment:
    """An entitled person on the waiting list of ``session``, ``minutes`` after the first."""
    return EnrolmentFactory(
        session=session,
        person=person or PersonFactory(),
        state="WAITING",
        queued_at=NOW + timedelta(minutes=minutes),
        **fields,
    )


def host_of(session: Session) -> Organisation:
    return session.offering.host
