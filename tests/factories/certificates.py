"""Certificates and the keys they are signed with, as tests need them: made by the services."""

from datetime import date, datetime, timedelta

import factory

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import run_as
from courses.models import Award, Certificate, Enrolment, Issuer, ProgrammeAward, Session
from courses.services.certificates import issue_for
from courses.services.issuers import issuer_of
from tests.factories.accounts import OrganisationFactory
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, seated

JOB = SystemJob("tests.certificates", organisation_ids=None)


class AwardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Award

    code = factory.Sequence(lambda n: f"certified-{n}")
    title = factory.Sequence(lambda n: f"Certificate in leading a ward {n}")
    kind = "CERTIFICATE"
    level = 5
    criteria = "Six days and a piece of work on one's own ward."


def an_issuer(organisation=None, *, now: datetime = NOW) -> Issuer:
    with run_as(JOB):
        return issuer_of(organisation or OrganisationFactory(), by=JOB, now=now)


def completed(
    person: Person | None = None, *, session: Session | None = None, seat: int = 1
) -> Enrolment:
    """Somebody who completed a session that is over."""
    session = session or SessionFactory(starts_at=NOW - timedelta(days=2))
    return seated(session, seat, person=person, state="COMPLETED")


def brings(session: Session, **award: object) -> Award:
    """Completing what ``session`` delivers brings an award."""
    made = AwardFactory(**award)
    ProgrammeAward.objects.create(programme=session.offering.programme, award=made)
    return made


def certified(
    person: Person | None = None, *, session: Session | None = None, now: datetime = NOW
) -> Certificate:
    """Somebody who completed a session and has the certificate."""
    enrolment = completed(person, session=session)
    with run_as(JOB):
        [certificate] = issue_for(enrolments=[enrolment], by=JOB, now=now)
    return certificate


def lasting(certificate: Certificate, until: date) -> Certificate:
    certificate.expires_on = until
    return certificate
