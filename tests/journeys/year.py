"""The people and the trust in which one manager's year happens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Organisation, Person
from appraisals.models import Appraisal
from appraisals.services.cycles import open_cycle
from common.dates import london_date
from courses.models import RoleProgramme, Session
from pathways.models import RoleProfile
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.appraisals import CycleFactory, hr_administrator, standard_form
from tests.factories.courses import OfferingFactory, ProgrammeFactory, SessionFactory, outcome
from tests.factories.pathways import (
    PathwayStepFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)


@dataclass(frozen=True)
class Cast:
    """Amara runs a ward and reports to Daniel; Kwame looks for talent in their trust.

    Her pathway asks for the course of ``asked_for``, and not for that of ``extra``.
    """

    trust: Organisation
    amara: Person
    daniel: Person
    kwame: Person
    role: RoleProfile
    next_role: RoleProfile
    asked_for: Session
    extra: Session


def gather(*, now: datetime) -> Cast:
    """The trust as it is on the morning of ``now``."""
    board = OrganisationFactory(kind="ICB", name="NHS Valleys Integrated Care Board")
    trust = place_below(OrganisationFactory(name="Riverbank University Hospitals"), board)
    daniel = employ(person=_named("Daniel", "Hughes"), organisation=trust, band="8a")
    kwame = employ(person=_named("Kwame", "Boateng"), organisation=trust, band="8d")
    amara = employ(
        person=_named("Amara", "Okafor"),
        organisation=trust,
        manager=daniel,
        title="Ward manager",
        band="7",
    )
    role = role_asking(3, 2, 2, 3, 2, 2, title="Ward manager", band="7", stage=3)
    next_role = role_asking(4, 3, 3, version=role.version, title="Matron", band="8a", stage=4)
    PathwayStepFactory(from_role=role, to_role=next_role)
    follow(amara, role)
    levels = dict(zip(competencies_of(role), (2, 2, 1, 3, 2), strict=False))
    show(amara, levels, on=london_date(now) - timedelta(days=200))
    return Cast(
        trust=trust,
        amara=amara,
        daniel=daniel,
        kwame=grant(kwame, "TALENT_LEAD", trust),
        role=role,
        next_role=next_role,
        asked_for=_asked_for(role, trust, now=now),
        extra=_session("Rosalind Franklin programme", trust, now=now),
    )


def _named(given_name: str, family_name: str) -> Person:
    email = f"{given_name}.{family_name}@waymark.example".lower()
    return PersonFactory(given_name=given_name, family_name=family_name, email=email)


def _session(title: str, trust: Organisation, *, now: datetime) -> Session:
    programme = ProgrammeFactory(title=title, summary="Leading across services.")
    offering = OfferingFactory(programme=programme, host=trust)
    return SessionFactory(offering=offering, starts_at=now + timedelta(days=60))


def _asked_for(role: RoleProfile, trust: Organisation, *, now: datetime) -> Session:
    session = _session("Mary Seacole programme", trust, now=now)
    programme = session.offering.programme
    RoleProgramme.objects.create(role_profile=role, programme=programme)
    outcome(programme, competencies_of(role)[0], 3)
    return session


def open_appraisals(cast: Cast, *, now: datetime) -> Appraisal:
    """Let the trust open this year's round; returns Amara's appraisal."""
    today = london_date(now)
    cycle = CycleFactory(
        organisation=cast.trust,
        form=standard_form(),
        opens_on=today,
        due_on=today + timedelta(days=28),
        closes_on=today + timedelta(days=120),
    )
    open_cycle(cycle=cycle, by=hr_administrator(cast.trust), now=now)
    return Appraisal.objects.get(subject=cast.amara)
