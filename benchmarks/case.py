"""A CASE package of 5,000 items: checked, applied, told again, undone; and one document of it."""

import json
import tracemalloc
from collections.abc import Callable
from datetime import date, datetime
from time import perf_counter
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import Organisation, Person, Role, RoleGrant
from accounts.scope import run_as
from benchmarks.row import Row
from pathways.models import Framework, FrameworkVersion, Level, Scale
from pathways.selectors.case import resources
from pathways.selectors.case.packages import package_of
from pathways.services.case.packages import apply_package, check_package, undo_package
from pathways.services.imports import Upload
from tests.pathways.case_packages import name, normal
from tests.pathways.case_whole import whole

ITEMS = 5_000
MEGABYTE = 1_000_000
READER = SystemJob("benchmarks.case", organisation_ids=None)
Found = TypeVar("Found")


def run() -> list[Row]:
    with run_as(READER):
        rows = _rows(timezone.now())
        transaction.set_rollback(True)
    return rows


def _rows(now: datetime) -> list[Row]:
    author = Person.objects.create(given_name="Amara", family_name="Bench")
    draft = _draft(author, on=now.date())
    said = whole(ITEMS)
    file = Upload("package.json", json.dumps(said).encode())
    parsed, _package = _timed(lambda: json.loads(file.content))
    checked, imported = _timed(lambda: check_package(version=draft, file=file, by=author, now=now))
    assert imported.state == "CHECKED"
    applied, _done = _timed(lambda: apply_package(imported=imported, by=author, now=now))
    version = FrameworkVersion.objects.select_related("framework__owner", "scale").get(pk=draft.pk)
    told, again = _timed(lambda: package_of(version))
    assert normal(again) == normal(said)
    most = _most_memory(lambda: package_of(version))
    listed, single = _served(version, on=now.date())
    undone, _done = _timed(lambda: undo_package(imported=imported, by=author, now=now))
    size = f"{ITEMS:,} items ({len(file.content) / MEGABYTE:.1f} MB)"
    ties = f"{len(said['CFAssociations']):,} associations"
    return [
        _row(f"A package of {size}, {ties}: checked against an empty draft", checked, parsed),
        _row("The same applied", applied),
        _row("The same told again, equal to what came", told),
        Row("Memory that telling it takes at most", f"{most / MEGABYTE:.0f} MB", "", None),
        _row("Its document in the list of documents", listed),
        _row("One item of it alone", single),
        _row("The same undone", undone),
    ]


def _served(version: FrameworkVersion, *, on: date) -> tuple[float, float]:
    """What a client waits for once the edition is in use: a page of documents, and one item."""
    with transaction.atomic():
        FrameworkVersion.objects.filter(pk=version.pk).update(state="PUBLISHED")
        editions = resources.editions_to_serve(actor=READER, on=on)
        listed, _documents = _timed(lambda: list(resources.documents(editions[:100])))
        single, _item = _timed(lambda: resources.item(editions, name(ITEMS)))
        transaction.set_rollback(True)
    return listed, single


def _row(title: str, seconds: float, parsed: float | None = None) -> Row:
    beside = "" if parsed is None else f"JSON alone: {parsed:.2f} s"
    return Row(title, f"{seconds:.2f} s", beside, None)


def _timed(work: Callable[[], Found]) -> tuple[float, Found]:
    began = perf_counter()
    found = work()
    return perf_counter() - began, found


def _most_memory(work: Callable[[], object]) -> int:
    tracemalloc.start()
    work()
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def _draft(author: Person, *, on: date) -> FrameworkVersion:
    """Its author writes frameworks by a role, and so makes the scale that the package brings."""
    owner = Organisation.objects.order_by("pk")[0]
    RoleGrant.objects.create(
        person=author, organisation=owner, role=Role.FRAMEWORK_AUTHOR, starts_on=on
    )
    framework = Framework.objects.create(code="BENCH-CASE", title="Packages measured", owner=owner)
    scale = Scale.objects.create(code="BENCH-CASE", title="How often")
    Level.objects.bulk_create(
        Level(scale=scale, rank=rank, label=f"Level {rank}") for rank in range(1, 5)
    )
    return FrameworkVersion.objects.create(
        framework=framework, label="Draft", scale=scale, valid_from=on
    )
