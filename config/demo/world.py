"""What the parts of the demonstration share: the clock, the dice, the bodies, the people."""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, models

from accounts.actors import Actor, SystemJob
from accounts.models import Assignment, Event, Organisation, OrganisationKind, Person
from accounts.services.ledger import event_row
from common.dates import LONDON, add_working_days
from config.demo.personas import REGION_CODE, SYSTEM_CODES
from config.demo.staffing import Job
from pathways.models import Competency, Requirement, RoleProfile

SEEDER = SystemJob("seed_demo", organisation_ids=None)
BATCH = 2000
HISTORY = timedelta(days=400)


@dataclass(slots=True, eq=False)
class Member:
    """Somebody employed in a body, and to whom they answer."""

    person: Person
    job: Job
    title: str
    organisation: Organisation
    manager: "Member | None"
    starts_on: date
    unit: str = ""
    assignment: Assignment = field(init=False)
    reports: list["Member"] = field(default_factory=list)

    @property
    def manager_person(self) -> Person | None:
        return self.manager.person if self.manager else None


@dataclass(slots=True, eq=False)
class Body:
    """An organisation of the demonstration, with everybody in it."""

    organisation: Organisation
    above: Organisation | None
    members: list[Member] = field(default_factory=list)
    board: list[Person] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.organisation.ods_code

    @property
    def is_trust(self) -> bool:
        return self.organisation.kind == OrganisationKind.TRUST

    def holders(self, role: str) -> list[Member]:
        return [member for member in self.members if member.job.role == role]

    def one_of(self, *roles: str, nth: int = 0) -> Member:
        """The ``nth`` holder of the first of ``roles`` that has one; in small bodies, the head."""
        for role in roles:
            found = self.holders(role)
            if found:
                return found[nth % len(found)]
        return self.members[0]


class World:
    """Everything made so far. Each part rolls dice of its own, so that none disturbs another."""

    def __init__(self, *, seed: int, people: int, now: datetime) -> None:
        self.seed = seed
        self.people = people
        self.now = now
        self.today = now.astimezone(LONDON).date()
        self.begins_on = self.today - HISTORY
        self.bodies = _bodies()
        self.roles = {role.code: role for role in RoleProfile.objects.filter(owner=None)}
        self.competency_ids = list(
            Competency.objects.order_by("domain__position", "position").values_list("pk", flat=True)
        )
        self.required = _required()
        self.ledger = LedgerRows(self)

    def dice(self, part: str) -> random.Random:
        return random.Random(f"{self.seed}:{part}")  # noqa: S311 - invented data, nothing secret

    @property
    def members(self) -> list[Member]:
        return [member for body in self.bodies for member in body.members]

    def body(self, code: str) -> Body:
        return next(body for body in self.bodies if body.code == code)

    def day(self, offset: int) -> date:
        """The day ``offset`` days from today."""
        return self.today + timedelta(days=offset)

    @property
    def morning(self) -> datetime:
        """Half past eight of today, or of the last working day when that has not come."""
        day = add_working_days(self.day(1), -1)
        morning = datetime.combine(day, time(8, 30), tzinfo=LONDON)
        if morning > self.now:
            morning = datetime.combine(add_working_days(day, -1), time(8, 30), tzinfo=LONDON)
        return morning

    def moment(self, day: date, dice: random.Random) -> datetime:
        """A moment of a working day, never after the demonstration's present."""
        clock = time(8 + dice.randrange(9), dice.randrange(60), dice.randrange(60))
        return min(datetime.combine(day, clock, tzinfo=LONDON), self.now)


def _bodies() -> list[Body]:
    """The region, then each system followed by its trusts."""
    by_code = {row.ods_code: row for row in Organisation.objects.exclude(ods_code="")}
    region = by_code[REGION_CODE]
    bodies = [Body(region, None)]
    for code, trusts in SYSTEM_CODES.items():
        bodies.append(Body(by_code[code], region))
        bodies += [Body(by_code[trust], by_code[code]) for trust in trusts]
    return bodies


def _required() -> dict[str, dict[int, int]]:
    """What each role asks for: role code -> competency -> rank."""
    required: dict[str, dict[int, int]] = {}
    rows = Requirement.objects.filter(role_profile__owner=None)
    for code, competency_id, rank in rows.values_list("role_profile__code", "competency", "rank"):
        required.setdefault(code, {})[competency_id] = rank
    return required


class LedgerRows:
    """Events of the whole year, written at the end in the order in which they happened."""

    _FIELDS = (
        "happened_at",
        "verb",
        "by_person_id",
        "by_client_id",
        "by_job",
        "organisation_id",
        "subject_id",
        "about_type",
        "about_id",
        "rule",
        "facts",
    )

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: list[tuple[Any, ...]] = []

    def tell(
        self,
        verb: str,
        about: models.Model,
        *,
        at: datetime,
        subject: Person,
        organisation: Organisation,
        by: Actor | None = None,
        **facts: Any,
    ) -> None:
        """Note one event; without ``by`` the demonstration's own job did it."""
        event = event_row(
            by=by or SEEDER,
            now=at,
            verb=verb,
            about=about,
            rule="seed_demo",
            organisation_id=organisation.pk,
            subject_id=subject.pk,
            facts=facts,
        )
        values = [getattr(event, name) for name in self._FIELDS[:-1]]
        self._rows.append((*values, json.dumps(event.facts)))

    def write(self) -> int:
        self._rows.sort(key=lambda row: row[0])
        copy_rows(Event, self._FIELDS, self._rows)
        return len(self._rows)


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write many rows at once with PostgreSQL's COPY; constraints and triggers hold as ever."""
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table  # noqa: SLF001 - Django's own documented name
    # Row-level security lets nobody copy into a table, so the rows come by way of one without.
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT {names} FROM "{table}" LIMIT 0'  # noqa: S608
        )
        with cursor.copy(f"COPY copied ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM copied')  # noqa: S608
        cursor.execute("DROP TABLE copied")


def gather_statistics(*models_written: type[models.Model]) -> None:
    """Tell PostgreSQL's planner now what it would notice by itself only after this transaction.

    Triggers keep the plan they began with: on a table that was empty then, they would read all of
    it for each row. Only the tables named are read: the lock of the others, catalogues of the
    whole server among them, would be held until the end.
    """
    tables = [model._meta.db_table for model in models_written]  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute("SELECT waymark_gather_statistics(%s::regclass[])", [tables])
