"""Moving the parts of a draft: up, down, before another, or to another place in the tree."""

from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.errors import Conflict
from pathways.models import Competency, Domain
from pathways.services.circles import refuse_circles
from pathways.services.items import still_there
from pathways.services.numbering import number, number_domains, rows_of
from pathways.services.taking_out import parts_below
from pathways.services.writing import changed, hold_draft

UP, DOWN = "up", "down"
Row = TypeVar("Row", Domain, Competency)


@transaction.atomic
def move_domain(
    *,
    domain: Domain,
    step: str = "",
    before: int | None = None,
    revision: int,
    by: Actor,
    now: datetime,
) -> None:
    """One ``step`` up or down, or before the domain ``before``; without either, to the end.

    Refuses what ``hold_draft`` refuses, and ``item_gone``.
    """
    held = hold_draft(domain.version_id, revision=revision, by=by, now=now)
    rows = list(held.domains.order_by("position"))
    row = _among(rows, domain)
    number_domains(_moved(rows, row, step=step, before=before))
    changed(held, verb="move_domain", about=row, by=by, now=now, facts={"code": row.code})


@transaction.atomic
def move_competency(
    *,
    competency: Competency,
    step: str = "",
    before: int | None = None,
    revision: int,
    by: Actor,
    now: datetime,
) -> None:
    """The same for a competency among those beside it; what is below it goes with it."""
    held = hold_draft(competency.version_id, revision=revision, by=by, now=now)
    rows = rows_of(competency.domain_id, version=held)
    row = _among(rows, competency)
    siblings = [one for one in rows if one.parent_id == row.parent_id]
    number(_with_siblings(rows, siblings, _moved(siblings, row, step=step, before=before)))
    changed(held, verb="move_competency", about=row, by=by, now=now, facts={"code": row.code})


@transaction.atomic
def move_competency_to(
    *,
    competency: Competency,
    domain: Domain,
    parent: Competency | None,
    revision: int,
    by: Actor,
    now: datetime,
) -> None:
    """To the end of ``domain``, or of ``parent`` in it, with everything below it.

    Refuses what ``hold_draft`` refuses, ``item_gone`` and, for a place below itself, ``cycle``.
    """
    held = hold_draft(competency.version_id, revision=revision, by=by, now=now)
    rows = list(Competency.objects.filter(version=held).order_by("position", "pk"))
    row = _among(rows, competency)
    home = still_there(held.domains.filter(pk=domain.pk).first())
    below = set(parts_below(row.pk, {one.pk: one.parent_id for one in rows}))
    if parent is not None:
        _refuse_cycle(row, _among(rows, parent), below)
    # What moves comes last, so that it is the last of its new siblings.
    branch = [one for one in rows if one.pk == row.pk or one.pk in below]
    moving = {one.pk for one in branch}
    others = [one for one in rows if one.domain_id == home.pk and one.pk not in moving]
    row.parent = parent
    for one in branch:
        one.domain = home
    number(others + branch, moved=moving)
    facts = {"code": row.code, "domain": home.code, "parent": parent.code if parent else ""}
    refuse_circles(held)
    changed(held, verb="move_competency", about=row, by=by, now=now, facts=facts)


def _refuse_cycle(row: Competency, parent: Competency, below: set[int]) -> None:
    if parent.pk == row.pk or parent.pk in below:
        raise Conflict(
            _("%(code)s cannot be a part of %(parent)s, which is itself or a part of it.")
            % {"code": row.code, "parent": parent.code},
            code="cycle",
        )


def _among(rows: list[Row], wanted: Row) -> Row:
    return still_there(next((row for row in rows if row.pk == wanted.pk), None))


def _moved(rows: list[Row], row: Row, *, step: str, before: int | None) -> list[Row]:
    """``rows`` with ``row`` in its new place. A step beyond either end changes nothing."""
    place = next(n for n, one in enumerate(rows) if one.pk == row.pk)
    target: int
    rest: list[Row] = [one for one in rows if one.pk != row.pk]
    if step:
        target = max(0, place - 1) if step == UP else place + 1
    else:
        target = next((n for n, one in enumerate(rest) if one.pk == before), len(rest))
    rest.insert(target, row)
    return rest


def _with_siblings(
    rows: list[Competency], siblings: list[Competency], moved: list[Competency]
) -> list[Competency]:
    """``rows`` with ``siblings`` in the order of ``moved``, in the places they have among them."""
    instead = {was.pk: now for was, now in zip(siblings, moved, strict=True)}
    return [instead.get(one.pk, one) for one in rows]
