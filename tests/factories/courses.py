"""Programmes, offerings, sessions and enrolments, as tests need them."""

from datetime import UTC, datetime, timedelta

import factory

from accounts.models import Organisation, Person
from courses.models import (
    Accreditation,
    Enrolment,
    Offering,
    OfferingShare,
    Outcome,
    Programme,
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


class AccreditationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Accreditation

    programme = factory.SubFactory(ProgrammeFactory)
    body = "Chartered Management Institute"
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

    session = factory.SubFactory(SessionFactory)
    person = factory.SubFactory(PersonFactory)
    organisation = factory.SelfAttribute("session.offering.host")
    state = "REQUESTED"
    basis = factory.LazyAttribute(
        lambda enrolment: "APPROVAL" if enrolment.state == "REQUESTED" else "ENTITLEMENT"
    )
    requested_at = NOW
    study_hours = 12


def outcome(programme: Programme, competency: Competency, rank: int) -> Outcome:
    """Completing ``programme`` brings ``competency`` to ``rank``."""
    return Outcome.objects.create(programme=programme, competency=competency, rank=rank)


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
        ended_at=NOW if state in {"ABSENT", "COMPLETED"} else None,
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
