"""The third wall is no narrower than the first: it hides no row that ``visible_to`` names."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model

from accounts.actors import Actor, ApiClientPrincipal, SystemJob
from accounts.models import Person
from accounts.scope import opened, run_as
from accounts.walls import WALLS, Wall
from config.demo.personas import PERSONAS, person_of
from tests.demo.conftest import NOW as MORNING
from tests.factories.clock import TODAY

pytestmark = pytest.mark.django_db

EVERYTHING = SystemJob("whoever sees everything", organisation_ids=None)
SCOPED = [
    model for model in apps.get_models() if hasattr(getattr(model, "objects", None), "visible_to")
]
NAMED = [
    (model, field)
    for model in SCOPED
    for field in model._meta.concrete_fields
    if isinstance(field, ForeignKey)
    and isinstance(WALLS.get(field.related_model._meta.db_table), Wall)
]
READERS = (
    "person",
    "manager",
    "former",
    "colleague",
    "learning",
    "hr",
    "talent",
    "administrator",
    "auditor",
    "program",
)


def fresh(actor: Actor) -> Actor:
    """As the next request loads them: nothing is remembered of where they stand."""
    if isinstance(actor, ApiClientPrincipal):
        return ApiClientPrincipal(client=actor.client, scopes=actor.scopes)
    return Person.objects.get(pk=actor.pk)


def visible(model: type[Model], actor: Actor, on: date) -> Any:
    return model.objects.visible_to(actor, on=on)


def rows_of(actor: Actor, on: date) -> dict[str, set[Any]]:
    actor = fresh(actor)
    return {
        model.__name__: set(visible(model, actor, on).values_list("pk", flat=True))
        for model in SCOPED
    }


def hidden_from(actor: Actor, *, on: date, scope_of: Actor | None = None) -> dict[str, set[Any]]:
    """What ``visible_to`` finds in one of the two and not in the other: where all rows are
    there, and in the scope of ``actor``."""
    with run_as(EVERYTHING):
        needed = rows_of(actor, on)
    with opened(fresh(scope_of or actor), on=on):
        shown = rows_of(actor, on)
    return {name: rows ^ shown[name] for name, rows in needed.items() if rows != shown[name]}


def torn(actor: Actor, *, on: date) -> dict[str, int]:
    """How many rows that are shown name one that is not: the page of such a row would break."""
    with opened(fresh(actor), on=on):
        actor = fresh(actor)
        counts = {
            f"{model.__name__}.{field.name}": visible(model, actor, on)
            .filter(**{f"{field.name}__isnull": False})
            .exclude(**{f"{field.attname}__in": field.related_model._base_manager.values("pk")})
            .count()
            for model, field in NAMED
        }
    return {name: count for name, count in counts.items() if count}


def reader_of(town: Any, name: str) -> Actor:
    if name == "program":
        return ApiClientPrincipal(client=town.ours.client.api_client, scopes=frozenset())
    return town.ours.people[name]


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.slug)
def test_a_persona_of_the_demonstration_is_shown_every_row_there_is_for_them(world, persona):
    person = person_of(persona)

    assert hidden_from(person, on=MORNING.date()) == {}
    assert torn(person, on=MORNING.date()) == {}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_is_shown_every_row_there_is_for_them(town, name):
    reader = reader_of(town, name)

    assert hidden_from(reader, on=TODAY) == {}
    assert torn(reader, on=TODAY) == {}


def test_negative_control_a_scope_too_narrow_is_found(town):
    hr = reader_of(town, "hr")

    hidden = hidden_from(hr, on=TODAY, scope_of=town.theirs.people["hr"])

    assert {"Appraisal", "Assignment", "Enrolment"} <= set(hidden)
