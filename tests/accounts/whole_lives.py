"""Two people about whom every declared table holds something, each text of theirs unmistakable.

The tables are those of the registry: whoever declares a new one gets its rows made here from its
fields alone, or has to say in ``LIVES`` how a row of it comes about.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pgtrigger
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q

from accounts.models import EmergencyAccess, LegalHold, Person
from accounts.rights import HOLDINGS, Holding, Link
from accounts.services.ledger import record
from appraisals.models import Snapshot
from courses.models import Commitment, IntakePanelMember, MeetingMark
from jobs.models import Document
from tests.factories.accounts import BoardSeatFactory, OrganisationFactory
from tests.factories.approvals import ContestFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, seated
from tests.factories.jobs import DocumentFactory, JobFactory
from tests.factories.money import FundFactory
from tests.factories.notifications import KeptMailFactory, NoticeFactory
from tests.factories.selection import PanelIntakeFactory
from tests.factories.showing import (
    AssessorAppointmentFactory,
    ClaimEvidenceFactory,
    EvidenceFactory,
    PriorLearningClaimFactory,
    VerificationEvidenceFactory,
    VerificationItemFactory,
    VerificationRequestFactory,
)
from tests.factories.swaps import asked
from tests.factories.talent import ReadinessJudgementFactory
from tests.security.houses import House, house
from tests.security.selection_rows import sponsor_rows

# They name other rows, or what kind a row is of: a text of nobody's goes there.
STRUCTURE = {
    "about_key",
    "subject_key",
    "key",
    "kind",
    "rule",
    "url",
    "content_type",
    "withheld_because",
    "review_note",
    # Of a charge and of what paid for a place: written from the numbers of other rows, and the
    # course's own name.
    "reference",
    "programme",
    "passed_over",
}
SHORTEST = 20
# The database lets only these rows hold the text: no other could ever have one.
ONLY_IN = {
    "courses.Contest.answer": ~Q(state="OPEN"),
    "courses.MeetingMark.reason_text": ~Q(reason=""),
    "courses.SponsorStatement.text": Q(given_at__isnull=False),
    "courses.StudyTimeMove.text": Q(source="PLANNED", target="OWED"),
}


@dataclass(frozen=True)
class Canary:
    """A text that stands in one field of one row, and nowhere else."""

    token: str
    model_label: str
    field: str
    is_shown: bool

    @property
    def place(self) -> str:
        return f"{self.model_label}.{self.field}"


@dataclass(frozen=True)
class Life:
    person: Person
    canaries: list[Canary]
    house: House


_numbers = count(1)


def next_token() -> str:
    return f"zq{next(_numbers):016}vx"


def live(*, word: str) -> Life:
    """A person in a trust of their own, with a row of every kind and a canary in every text."""
    home = house(OrganisationFactory(kind="ICB"), word=word)
    person = home.people["person"]
    told = _what_houses_lack(person, home)
    for holding in HOLDINGS.values():
        for link in about(holding):
            if not holding.rows(link, person).exists():
                _make_for(holding, link, person)
    canaries = [*told, *_plant(person)]
    return Life(Person.objects.get(pk=person.pk), canaries, home)


def about(holding: Holding) -> list[Link]:
    return [link for link in holding.links if link.is_about]


def _what_houses_lack(person: Person, home: House) -> list[Canary]:
    BoardSeatFactory(person=person, organisation=home.organisation)
    ReadinessJudgementFactory(person=person, judged_by=home.people["talent"])
    appraisal = home.rows["agreed"]
    with pgtrigger.ignore():
        Snapshot.objects.create(
            appraisal=appraisal, form=appraisal.form, content={}, content_hash="", signed_at=NOW
        )
    own = {"owner": person, "about_key": f"plan:{home.rows['plan'].pk}", "started_at": NOW}
    JobFactory(**own, state="DONE", ended_at=NOW, document=DocumentFactory(owner=person))
    copy = DocumentFactory(owner=person, kind="jobs.information_pack")
    own["about_key"] = f"person:{person.pk}"
    JobFactory(**own, state="DONE", ended_at=NOW, document=copy)
    NoticeFactory(
        recipient=home.people["manager"], subject_key=f"enrolment:{home.rows['request'].pk}"
    )
    KeptMailFactory(to=person.email)
    for because in ("", "The person would warn whom we look into."):
        EmergencyAccess.objects.create(
            person=home.people["hr"],
            subject=person,
            organisation=home.organisation,
            reason="The ward needs to know today.",
            withheld_because=because,
            opened_at=NOW,
            ends_at=NOW,
        )
    LegalHold.objects.create(
        organisation=home.organisation, person=person, reason="Over", set_at=NOW, lifted_at=NOW
    )
    _what_courses_hold(person, home)
    _what_is_shown(person, home)
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session.create()
    return list(_told(person))


def _what_courses_hold(person: Person, home: House) -> None:
    fund = FundFactory(person=person, kind="STUDY_LEAVE", organisation=home.organisation)
    ContestFactory(
        enrolment=home.rows["refused"],
        state="UPHELD",
        decided_by=home.people["talent"],
        decided_at=NOW,
    )
    missed = MeetingMark.objects.get(enrolment=home.rows["missed"])
    missed.reason, missed.reason_by = "UNWELL", home.people["manager"]
    missed.save()
    mine = seated(SessionFactory(), 1, person=person)
    asked(mine, seated(SessionFactory(offering=mine.session.offering), 1))
    paid = {"fund": fund, "rule": home.rows["money_rule"], "passed_over": [], "pence": 1}
    Commitment.objects.create(enrolment=mine, reserved_at=NOW, **paid)
    # An intake has one chair, and this is nobody's house.
    IntakePanelMember.objects.create(
        intake=PanelIntakeFactory(), person=person, role="MEMBER", named_at=NOW
    )
    offering = home.rows["application"].intake.session.offering
    sponsor_rows(offering, home.people["learning"], applicant=person, text="Knows the wards.")


def _what_is_shown(person: Person, home: House) -> None:
    evidence = EvidenceFactory(person=person)
    item = VerificationItemFactory(request=VerificationRequestFactory(subject=person))
    VerificationEvidenceFactory(item=item, evidence=evidence)
    claim = PriorLearningClaimFactory(person=person)
    ClaimEvidenceFactory(claim=claim, evidence=evidence)
    AssessorAppointmentFactory(
        subject=person,
        assessor=home.people["learning"],
        appointed_by=home.people["hr"],
        organisation=home.organisation,
    )


def _told(person: Person) -> Iterator[Canary]:
    """An event with a fact and a text of its own: the ledger takes no other change."""
    fact, text = next_token(), next_token()
    record(
        by=person,
        now=NOW,
        verb="say",
        about=person,
        subject_id=person.pk,
        rule="tests",
        facts={"fact": fact},
        private={"reason": text},
    )
    yield Canary(fact, "accounts.Event", "facts", is_shown=True)
    yield Canary(text, "accounts.EventText", "text", is_shown=True)


def _make_for(holding: Holding, link: Link, person: Person) -> None:
    *steps, last = link.path.split("__")
    owner: Any = person
    if last == "iexact":
        owner, last = person.email, steps.pop()
    if steps:
        [step] = steps
        parent = holding.model._meta.get_field(step).related_model
        owner = parent._base_manager.filter(**{last: person}).first() or make(
            parent, **{last: person}
        )
        last = step
    make(holding.model, **{last: owner})


def make(model: type[models.Model], **given: Any) -> models.Model:
    """A row of ``model`` with what its fields need, and ``given``."""
    for field in model._meta.concrete_fields:
        needs = not (field.null or field.has_default() or field.primary_key)
        if field.name not in given and needs:
            given[field.name] = _value(field)
    return model._base_manager.create(**given)


def _value(field: models.Field) -> Any:
    if field.choices:
        return field.choices[0][0]
    if field.remote_field:
        return field.related_model._base_manager.first() or make(field.related_model)
    kind = field.get_internal_type()
    by_kind = {
        "DateField": TODAY,
        "DateTimeField": NOW + timedelta(hours=1),
        "BooleanField": False,
        "JSONField": {},
        "BinaryField": b"x",
        "UUIDField": uuid.uuid4(),
        "GenericIPAddressField": "127.0.0.1",
    }
    return by_kind.get(kind, 1 if "Integer" in kind or "Decimal" in kind else next_token())


def texts_of(model: type[models.Model]) -> list[models.Field]:
    """The fields of ``model`` that hold words of somebody's."""
    kinds = {"CharField", "TextField", "JSONField", "EmailField"}
    return [
        field
        for field in model._meta.concrete_fields
        if field.get_internal_type() in kinds
        and not field.choices
        and field.name not in STRUCTURE
        and (field.max_length or SHORTEST) >= SHORTEST
    ]


def _plant(person: Person) -> Iterator[Canary]:
    email = person.email
    for label, holding in HOLDINGS.items():
        if label in {"accounts.Event", "accounts.EventText"}:
            continue
        for link in about(holding):
            if link.path == "to__iexact":
                continue
            for row in list(holding.rows(link, person)):
                yield from _plant_in(row, link, label)
    person.refresh_from_db()
    KeptMailFactory._meta.model.objects.filter(to=email).update(to=person.email)


def _plant_in(row: models.Model, link: Link, label: str) -> Iterator[Canary]:
    fields = [field for field in texts_of(type(row)) if _may_hold(row, f"{label}.{field.name}")]
    tokens = {field.name: next_token() for field in fields}
    values = {field.name: _wrapped(field, tokens[field.name]) for field in fields}
    if values:
        with pgtrigger.ignore():
            type(row)._base_manager.filter(pk=row.pk).update(**values)
    for name, token in tokens.items():
        yield Canary(token, label, name, is_shown=name in link.shown and not link.is_secret)
    if isinstance(row, Document):
        token = next_token()
        row.refresh_from_db()
        row.file.storage.delete(row.file.name)
        row.file.save("plan.pdf", _content(token), save=True)
        yield Canary(token, label, "the file itself", is_shown=bool(link.files))


def _may_hold(row: models.Model, place: str) -> bool:
    return type(row)._base_manager.filter(ONLY_IN.get(place, Q()), pk=row.pk).exists()


def _content(token: str) -> ContentFile:
    return ContentFile(f"%PDF-1.7 {token}".encode())


def _wrapped(field: models.Field, token: str) -> Any:
    kind = field.get_internal_type()
    if kind == "JSONField":
        return json.loads(json.dumps({"sections": [{"answers": [token]}]}))
    return f"{token}@waymark.example" if field.name == "email" else token
