"""Editions of 5,000 parts: read, compared, copied; and the levels of everybody carried over."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from statistics import median
from time import perf_counter

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Person
from accounts.scope import run_as
from benchmarks.row import Row
from pathways.models import (
    Crosswalk,
    CrosswalkLevel,
    Framework,
    FrameworkVersion,
    Level,
    Scale,
)
from pathways.selectors.diff import compare
from pathways.selectors.edition_changes import edition_changes
from pathways.selectors.trees import (
    COMPETENCY,
    DESCRIPTOR,
    DOMAIN,
    INDICATOR,
    Node,
    Tree,
    read_tree,
)
from pathways.services.carrying_over import CARRIER, carry_over
from pathways.services.trees import write_tree

COMPETENCIES = 1_650
PER_DOMAIN = 33
LEVELS = 140_000
ROUNDS = 7


def run() -> list[Row]:
    with run_as(CARRIER):
        rows = _rows()
        transaction.set_rollback(True)
    return rows


def _rows() -> list[Row]:
    now = timezone.now()
    before, after = _edition("Before"), _edition("After")
    tree = _tree()
    wrote = _seconds(lambda: write_tree(version=before, tree=tree, revision=None, now=now))
    kept = read_tree(before)
    later = Tree(tuple(_reworded(kept.nodes)))
    write_tree(version=after, tree=later, revision=None, now=now)
    old, new = read_tree(before), read_tree(after)
    size = f"{len(old.nodes):,} parts"
    compared = median(_seconds(lambda: compare(old, new)) for _ in range(ROUNDS))
    shown = median(_seconds(lambda: edition_changes(before, after)) for _ in range(ROUNDS))
    carried, levels = _carried(before, after, now)
    return [
        Row(f"An edition of {size} written into an empty draft", f"{wrote:.2f} s", "", None),
        Row(f"Two editions of {size} compared", f"{compared * 1000:.0f} ms", "aim 1 s", compared),
        Row("The same, read from the database first", f"{shown * 1000:.0f} ms", "", None),
        Row(f"{levels:,} levels carried over to a new edition", f"{carried:.1f} s", "", None),
    ]


def _edition(label: str) -> FrameworkVersion:
    framework, _made = Framework.objects.get_or_create(
        code="BENCH-EDITIONS", defaults={"title": "Editions measured"}
    )
    scale, made = Scale.objects.get_or_create(code="BENCH", defaults={"title": "How often"})
    if made:
        Level.objects.bulk_create(
            Level(scale=scale, rank=rank, label=f"Level {rank}") for rank in range(1, 5)
        )
    return FrameworkVersion.objects.create(
        framework=framework, label=label, scale=scale, valid_from=date(2026, 4, 1)
    )


def _tree() -> Tree:
    nodes = []
    for number in range(COMPETENCIES):
        domain = f"d{number // PER_DOMAIN}"
        if number % PER_DOMAIN == 0:
            place = number // PER_DOMAIN + 1
            nodes.append(Node(DOMAIN, domain, "", domain, f"Domain {domain}", "", place))
        key = f"{domain}.{number}"
        text = f"Plans the work of {number} people with those who do it, a season ahead."
        nodes += [
            Node(COMPETENCY, key, domain, key, f"Plans work {number}", text, number + 1),
            Node(DESCRIPTOR, f"{key}:1", key, "", "", text, 1, level_rank=1),
            Node(INDICATOR, f"{key}:1:1", f"{key}:1", "", "", text, 1),
        ]
    return Tree(tuple(nodes))


def _reworded(nodes: Iterable[Node]) -> Iterable[Node]:
    """Every tenth part in other words, every fiftieth moved; without the identifiers."""
    for number, node in enumerate(nodes):
        text = f"{node.text} Twice." if number % 10 == 0 else node.text
        place = 1 if number % 50 == 0 else node.position
        yield replace(node, identifier="", text=text, position=place)


def _carried(before: FrameworkVersion, after: FrameworkVersion, now: datetime) -> tuple[float, int]:
    """The seconds it took, and for how many levels."""
    people = Person.objects.count()
    rules = -(-LEVELS // people)
    pairs = zip(
        before.domains.get(code="d0").competencies.order_by("position")[:rules],
        after.domains.get(code="d0").competencies.order_by("position")[:rules],
        strict=True,
    )
    made = Crosswalk.objects.bulk_create(
        Crosswalk(
            before=old,
            after=new,
            kind="SAME",
            confirmed_at=now,
            confirmed_by=Person.objects.order_by("pk")[0],
        )
        for old, new in pairs
    )
    CrosswalkLevel.objects.bulk_create(
        CrosswalkLevel(crosswalk=rule, rank=rank, becomes=rank)
        for rule in made
        for rank in range(1, 5)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pathways_attainment (person_id, competency_id, rank, attained_on, source,"
            " source_key, recorded_at)"
            " SELECT person.id, told.id, 1 + (person.id + told.id) %% 4, '2026-05-01', 'SELF', '',"
            " now() FROM accounts_person person, unnest(%s::bigint[]) told(id)",
            [[rule.before_id for rule in made]],
        )
    began = perf_counter()
    carried = carry_over(version=after, by=CARRIER, now=now)
    return perf_counter() - began, sum(row.people for row in carried)


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
