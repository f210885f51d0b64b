"""The people, the trust and the courses among which the journeys of learning happen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import mail

from accounts.models import Organisation, Person
from courses.models import Enrolment, Offering, RoleProgramme, Session
from courses.services.enrolment import enrol
from courses.services.registers import Marked, finish_register, keep_register
from jobs.models import OutboxMessage, OutboxState
from jobs.services.outbox import deliver_message
from notifications.services.digests import make_digests
from pathways.models import RoleProfile
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    AccreditationFactory,
    EnrolmentFactory,
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    brings,
    outcome,
)
from tests.factories.delivery import present
from tests.factories.pathways import competencies_of, follow, role_asking, show

STARTS = datetime(2027, 1, 14, 9, 30, tzinfo=UTC)
WHY = "To lead the night rota across two wards."


@dataclass(frozen=True)
class Cast:
    """Amara reports to Daniel and he to Priya; Yusuf is the learning lead of their trust.

    ``offering`` is of a course that no pathway asks for, and that would close a gap of Amara's.
    """

    trust: Organisation
    amara: Person
    daniel: Person
    priya: Person
    yusuf: Person
    role: RoleProfile
    offering: Offering
    session: Session

    def asks(self, person: Person | None = None, *, session: Session | None = None) -> Enrolment:
        """Somebody, or else Amara, asked for a place this morning."""
        who = person or self.amara
        return enrol(session=session or self.session, person=who, by=who, now=NOW, reason=WHY)

    def her_pathway_asks_for_it(self) -> None:
        """From here on the course is Amara's by entitlement."""
        RoleProgramme.objects.create(role_profile=self.role, programme=self.offering.programme)

    def has_place(self, person: Person, *, seat: int, price_pence: int = 0) -> Enrolment:
        """Somebody of the trust has this seat of the session, by entitlement."""
        return EnrolmentFactory(
            session=self.session,
            person=person,
            organisation=self.trust,
            state="CONFIRMED",
            seat=seat,
            confirmed_at=NOW,
            price_pence=price_pence,
        )

    def were_there(
        self, *there: Enrolment, away: Sequence[Enrolment] = (), by: Person, now: datetime
    ) -> None:
        """The register of the session is kept and finished."""
        marks = present(*there) | {place.pk: Marked("ABSENT") for place in away}
        keep_register(session=self.session, begins_at=STARTS, marks=marks, by=by, now=now)
        finish_register(session=self.session, by=by, now=now)

    def reports_to_daniel(self, given_name: str, family_name: str) -> Person:
        person = named(given_name, family_name)
        return employ(person=person, organisation=self.trust, manager=self.daniel)


def gather(*, host: Organisation | None = None) -> Cast:
    """The trust on the morning of ``NOW``; the course is its own, or that of ``host``."""
    trust = OrganisationFactory(name="Riverbank University Hospitals")
    priya = employ(person=named("Priya", "Raman"), organisation=trust, band="8b")
    daniel = employ(person=named("Daniel", "Hughes"), organisation=trust, manager=priya)
    amara = named("Amara", "Okafor")
    employ(person=amara, organisation=trust, manager=daniel, title="Ward manager", band="7")
    role = role_asking(3, 2, title="Ward manager", band="7", stage=3)
    follow(amara, role)
    show(amara, {competencies_of(role)[0]: 2}, on=TODAY - timedelta(days=200))
    offering = _systems_leadership(host or trust)
    outcome(offering.programme, competencies_of(role)[0], 3)
    yusuf = employ(person=named("Yusuf", "Ahmed"), organisation=trust)
    return Cast(
        trust=trust,
        amara=amara,
        daniel=daniel,
        priya=priya,
        yusuf=grant(yusuf, "LEARNING_LEAD", trust),
        role=role,
        offering=offering,
        session=SessionFactory(offering=offering, starts_at=STARTS, capacity=20),
    )


def _systems_leadership(host: Organisation) -> Offering:
    programme = ProgrammeFactory(
        title="Foundations in systems leadership",
        summary="Leading where nobody is in charge of everything.",
        audience="Managers who work across wards, services or organisations",
        length="3 days",
    )
    brings(programme, "Certificate in systems leadership", body=None)
    AccreditationFactory(programme=programme)
    return OfferingFactory(programme=programme, host=host, offer_hours=48)


def named(given_name: str, family_name: str) -> Person:
    email = f"{given_name}.{family_name}@waymark.example".lower()
    return PersonFactory(given_name=given_name, family_name=family_name, email=email)


def work_is_done(*, now: datetime) -> None:
    """What a worker does with everything that waits, and with what comes of that."""
    while waiting := list(
        OutboxMessage.objects.filter(state=OutboxState.WAITING).values_list("pk", flat=True)
    ):
        for message_id in waiting:
            deliver_message(message_id=message_id, now=now)


def digest_of(person: Person, *, now: datetime) -> str:
    """This morning's mail to somebody."""
    make_digests(now=now)
    work_is_done(now=now)
    (sent,) = [message for message in mail.outbox if message.to == [person.email]]
    return str(sent.body)


def link_in(text: str, *, below: str) -> str:
    """The first address of a mail that is ``below`` a path."""
    found = re.search(rf"https?://\S*{re.escape(below)}\S*", text)
    assert found, f"There is no link to {below} in: {text}"
    return found.group()
