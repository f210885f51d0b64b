"""The first wall: which rows an actor may see on a day, as conditions for querysets.

``accounts.standing`` says where the actor stands. Whoever belongs to the organisations of a role,
and whoever is below a manager of many, is asked for within the statement itself.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import F, Q, QuerySet

from accounts.standing import MANAGES, Reach, Standing, organisations_below, standing

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Person

__all__ = [
    "EVERYTHING",
    "MANAGES",
    "NOTHING",
    "SEES_PEOPLE",
    "STANDS_IN",
    "Standing",
    "covers",
    "delegations_visible_to",
    "events_visible_to",
    "members_of",
    "organisations_below",
    "people_visible_to",
    "record_visible_to",
    "role_grants_visible_to",
    "standing",
    "tied_to",
]

# Roles whose work is with people's records. Talent leads see people through consent instead.
SEES_PEOPLE = ("LEARNING_LEAD", "HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR", "AUDITOR")
# Ties that open what a stand-in needs: who is in the team, their places and their gaps.
STANDS_IN = (*MANAGES, "DELEGATE")

EVERYTHING = Q(pk__isnull=False)
NOTHING = Q(pk__isnull=True)


def within(organisations: Reach | Iterable[int], *, field: str) -> Q:
    """``field`` (an organisation's id) is one of ``organisations``."""
    if isinstance(organisations, Reach):
        return organisations.within(field)
    return Q(**{f"{field}__in": organisations})


def covers(place: Standing, organisations: Reach | frozenset[int], *, field: str) -> Q:
    """``field`` (an organisation's id) lies in ``organisations``, or the actor is everywhere."""
    return EVERYTHING if place.is_everywhere else within(organisations, field=field)


def members_of(organisations: Reach | frozenset[int], *, on: date, prefix: str = "") -> Q:
    """People with an assignment or a board seat in ``organisations`` on ``on``."""
    if not organisations:
        return NOTHING
    found = Q()
    for name in ("Assignment", "BoardSeat"):
        rows = _rows(name).on(on).filter(within(organisations, field="organisation_id"))
        found |= Q(**{f"{prefix}pk__in": rows.values("person_id")})
    return found


def tied_to(actor: "Actor", *, on: date, field: str, ties: tuple[str, ...] = MANAGES) -> Q:
    """``field`` (a person's id) is somebody to whom ``actor`` has one of ``ties`` on ``on``."""
    place = standing(actor, on=on)
    few = place.tied_by(*ties)
    if few is not None or actor.actor_kind != "person":
        return Q(**{f"{field}__in": few or ()})
    return Q(**{f"{field}__in": _tied_people(actor.pk, place, ties=ties)})


def _tied_people(actor_id: Any, place: Standing, *, ties: tuple[str, ...]) -> QuerySet[Any]:
    """The ids of the people of ``tied_to`` as one union, which the database can go out from."""
    lines = _rows("ReportingLine").on(place.on)
    managed = lines.filter(kind="LINE_MANAGER")
    ids = {
        "LINE_MANAGER": managed.filter(manager_id=actor_id),
        "SUPERVISOR": lines.filter(kind="SUPERVISOR", manager_id=actor_id),
        "SECOND_LINE": managed.filter(
            manager_id__in=managed.filter(manager_id=actor_id).values("person_id")
        ),
        "DELEGATE": _lines_stood_in_for(actor_id, managed, on=place.on),
    }
    first, *rest = [ids[tie].values("person_id") for tie in ties if tie in place.ties]
    return first.union(*rest, all=True)


def _lines_stood_in_for(actor_id: Any, managed: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    posts = _rows("Assignment").on(on).filter(person_id=actor_id)
    handed = _rows("Delegation").on(on).filter(delegate_id=actor_id)
    handed = handed.filter(organisation_id__in=posts.values("organisation_id"))
    # Both conditions in one ``filter``, so that they speak of the same delegation.
    return managed.exclude(person_id=actor_id).filter(
        manager__delegations__in=handed,
        manager__delegations__organisation_id=F("assignment__organisation_id"),
    )


def _rows(name: str) -> Any:
    return apps.get_model("accounts", name).objects


def people_visible_to(
    actor: "Actor", *, on: date, prefix: str = "", ties: tuple[str, ...] = MANAGES
) -> Q:
    """People (reached through ``prefix``) whom ``actor`` may see on ``on``.

    ``ties`` are those that open these rows: ``STANDS_IN`` where a stand-in is to see them too.
    """
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    if actor.actor_kind != "person":
        return members_of(place.organisation_ids, on=on, prefix=prefix)
    seen = _own_and_tied(actor, on=on, field=f"{prefix}pk", ties=ties)
    through = place.covered_by(*SEES_PEOPLE)
    return seen | members_of(through, on=on, prefix=prefix) if through else seen


def _own_and_tied(actor: "Person", *, on: date, field: str, ties: tuple[str, ...]) -> Q:
    few = standing(actor, on=on).tied_by(*ties)
    if few is not None:
        return Q(**{f"{field}__in": {actor.pk, *few}})
    return Q(**{field: actor.pk}) | tied_to(actor, on=on, field=field, ties=ties)


def record_visible_to(
    actor: "Actor",
    *,
    on: date,
    person: str,
    organisation: str,
    ties: tuple[str, ...] = MANAGES,
) -> Q:
    """Rows about a person that one organisation keeps, reached through those two names.

    Who is employed by two trusts, or comes from another, is seen by both; what each of them keeps
    is not: a role and a client open only the rows of the organisations they are for.
    """
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    if actor.actor_kind != "person":
        return _kept_by(place.organisation_ids, on=on, person=person, organisation=organisation)
    seen = _own_and_tied(actor, on=on, field=f"{person}_id", ties=ties)
    covered = place.covered_by(*SEES_PEOPLE)
    if not covered:
        return seen
    return seen | _kept_by(covered, on=on, person=person, organisation=organisation)


def _kept_by(
    organisations: Reach | frozenset[int], *, on: date, person: str, organisation: str
) -> Q:
    there = members_of(organisations, on=on, prefix=f"{person}__")
    return there & within(organisations, field=organisation)


def events_visible_to(actor: "Actor", *, on: date) -> Q:
    """Rows of the ledger: one's own, those about oneself, and those of organisations one audits."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    if actor.actor_kind != "person":
        return Q(organisation_id__in=place.organisation_ids)
    return (
        Q(by_person_id=actor.pk)
        | Q(subject_id=actor.pk)
        | place.covered_by("AUDITOR").within("organisation_id")
    )


def role_grants_visible_to(actor: "Actor", *, on: date) -> Q:
    """One's own roles, and those for organisations that one administers or audits."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    if actor.actor_kind != "person":
        return NOTHING
    run = place.covered_by("ORGANISATION_ADMINISTRATOR", "AUDITOR")
    return Q(person_id=actor.pk) | run.within("organisation_id")


def delegations_visible_to(actor: "Actor", *, on: date) -> Q:
    """Those of the two people concerned, and those in organisations whose HR one administers or
    which one audits."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    if actor.actor_kind != "person":
        return NOTHING
    kept = place.covered_by("HR_ADMINISTRATOR", "AUDITOR").within("organisation_id")
    return Q(manager_id=actor.pk) | Q(delegate_id=actor.pk) | kept
