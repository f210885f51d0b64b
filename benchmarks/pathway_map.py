"""The map of 200 roles: read, laid out and drawn as a page's figure and table."""

import random
from collections.abc import Callable
from statistics import median
from time import perf_counter

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from benchmarks.row import Row
from config.demo.personas import BY_SLUG, person_of
from pathways.drawings import map_graph
from pathways.models import PathwayStep, RoleProfile
from pathways.selectors.pathway_map import Region, pathway_map

ROLES, STEPS = 200, 340
_WHOLE = Region()


def run() -> list[Row]:
    """The aim is 100 ms for drawing; beside it stands what reading the same map takes."""
    with transaction.atomic():
        _make_roles()
        person = person_of(BY_SLUG["amara.okafor"])
        if person is None:
            raise RuntimeError("amara.okafor is not in this demonstration.")
        today = timezone.localdate()
        pathway = pathway_map(person=person, on=today, region=_WHOLE)

        def draw() -> str:
            context = {"chart": map_graph(pathway), "id": "map", "title": "", "description": ""}
            return render_to_string("components/charts/graph.html", context)

        drawing = _milliseconds(draw)
        reading = _milliseconds(lambda: pathway_map(person=person, on=today, region=_WHOLE))
        transaction.set_rollback(True)
    name = f"Map of {len(pathway.roles)} roles and {len(pathway.steps)} steps, drawn"
    return [Row(name, f"{drawing:.1f} ms", f"{reading:.1f} ms", None)]


def _milliseconds(act: Callable[[], object]) -> float:
    """The median of some rounds, after one that fills what is kept."""
    act()
    times = []
    for _round in range(15):
        began = perf_counter()
        act()
        times.append((perf_counter() - began) * 1000)
    return median(times)


def _make_roles() -> None:
    """As many further roles as make 200, over eight stages, each with a step or two on."""
    dice = random.Random(4)  # noqa: S311 (figures)
    version = RoleProfile.objects.order_by("pk")[0].version
    known = list(RoleProfile.objects.filter(is_published=True, is_family=False, owner=None))
    made = RoleProfile.objects.bulk_create(
        RoleProfile(
            code=f"figures-{number}",
            title=f"Deputy director of service {number}",
            family=f"Family {number % 12}",
            version=version,
            stage=1 + number % 8,
        )
        for number in range(ROLES - len(known))
    )
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < STEPS:
        one, other = dice.sample(made, 2)
        if one.stage <= other.stage <= one.stage + 2:
            pairs.add((one.pk, other.pk))
    PathwayStep.objects.bulk_create(
        PathwayStep(from_role_id=one, to_role_id=other, usual_months=24)
        for one, other in sorted(pairs)
    )
