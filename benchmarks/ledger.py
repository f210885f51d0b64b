"""What the chain of the ledger costs sixteen writers, and how fast it is verified.

Everything happens in a copy of the database that is dropped afterwards: the ledger lets nothing go.
"""

import multiprocessing
from contextlib import suppress
from statistics import median
from time import perf_counter

from django.db import connection, connections
from django.utils import timezone

from accounts.models import Assignment, LedgerLink, Person
from accounts.services.verification import verify
from benchmarks.database import in_a_copy
from benchmarks.roles import as_superuser
from benchmarks.row import Row
from common.errors import DomainError
from pathways.models import RoleProfile
from pathways.services.aspirations import choose_role

WRITERS = 16
ORGANISATIONS = 8
SECONDS = 3.0
ROUNDS = 5


def run() -> list[Row]:
    with in_a_copy():
        return [_cost(), _verification()]


def _cost() -> Row:
    """A service from its first statement to its commit, with the links and without, in turns."""
    writers = _writers()
    organisations = len({organisation for _person, organisation in writers})
    connections.close_all()
    rates: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    with multiprocessing.get_context("fork").Pool(len(writers)) as pool:
        _round(pool, writers)
        for _number in range(ROUNDS):
            for how, found in rates.items():
                with as_superuser(), connection.cursor() as cursor:
                    cursor.execute(f"ALTER TABLE accounts_event {how} TRIGGER ledger_note")
                found.append(_round(pool, writers))
    with_links, without = (median(found) for found in rates.values())
    return Row(
        name=f"choose a role: {len(writers)} writers, {organisations} organisations, "
        "with the links and without",
        figure=f"{with_links:,.0f}/s",
        beside=f"{without:,.0f}/s",
        ratio=with_links / without,
    )


def _round(pool: "multiprocessing.pool.Pool", writers: list[tuple[int, int]]) -> float:
    """How many times a second all the writers together did it."""
    done = pool.map(_write, [person for person, _organisation in writers], chunksize=1)
    return sum(done) / SECONDS


def _write(person_id: int) -> int:
    """One writer: chooses one of two roles after the other until the time is over."""
    person = Person.objects.get(pk=person_id)
    roles = list(RoleProfile.objects.filter(owner=None).order_by("pk")[:6])
    written, turn, began = 0, 0, perf_counter()
    while perf_counter() - began < SECONDS:
        # The role one holds is refused; the next one is not.
        with suppress(DomainError):
            choose_role(
                person=person,
                role_profile=roles[turn % len(roles)],
                by=person,
                now=timezone.now(),
            )
            written += 1
        turn += 1
    return written


def _writers() -> list[tuple[int, int]]:
    """People of eight organisations, in turns."""
    today = timezone.localdate()
    held = Assignment.objects.on(today).filter(person__is_active=True)
    places = list(held.order_by().values_list("organisation_id", flat=True).distinct())
    each = WRITERS // ORGANISATIONS
    return [
        (person, organisation)
        for organisation in sorted(places)[:ORGANISATIONS]
        for person in held.filter(organisation_id=organisation)
        .order_by("person_id")
        .values_list("person_id", flat=True)
        .distinct()[:each]
    ]


def _verification() -> Row:
    """Everything in the ledger verified, and how long a million events take at that rate."""
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_event ENABLE TRIGGER ledger_note")
    began = perf_counter()
    found = verify(now=timezone.now())
    seconds = perf_counter() - began
    # What was written while the links were off has none, which is the only fault there may be.
    assert {fault.kind for fault in found.faults} <= {"UNLINKED", "LOST", "ANCHOR"}
    links = LedgerLink.objects.count()
    assert found.links == links
    return Row(
        name="verify_ledger: events a second, and seconds for a million",
        figure=f"{found.events / seconds:,.0f}/s",
        beside=f"{1_000_000 / found.events * seconds:.0f} s",
        ratio=None,
    )
