"""Making a scale to measure competencies with."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import Level, Scale
from pathways.policies.scales import may_make_scale
from pathways.selectors.collaborators import is_author_anywhere

FEWEST, MOST = 2, 7


class LevelWords(NamedTuple):
    label: str
    meaning: str = ""


class RankedWords(NamedTuple):
    """A level with its rank, or None for "not applicable"."""

    rank: int | None
    label: str
    meaning: str = ""


@transaction.atomic
def make_scale(
    *,
    code: str,
    title: str,
    levels: Sequence[LevelWords],
    not_applicable: str = "",
    by: Actor,
    now: datetime,
) -> Scale:
    """A scale of ``levels`` from the lowest up; ``not_applicable`` names a further level that
    never counts, for or against anybody. A scale never changes: other editions may use it.

    Refuses: ``may_not_make_scale``, ``scale_code_taken``, ``level_count``, ``level_label_twice``.
    """
    _refuse_unless_author(by, now=now)
    labels = [level.label for level in levels] + ([not_applicable] if not_applicable else [])
    _refuse_unfit(levels, labels)
    ranked = [RankedWords(rank, *level) for rank, level in enumerate(levels, start=1)]
    if not_applicable:
        ranked.append(RankedWords(None, not_applicable))
    return make_scale_of(code=code, title=title, levels=ranked, by=by, now=now)


@transaction.atomic
def make_scale_of(
    *, code: str, title: str, levels: Sequence[RankedWords], by: Actor, now: datetime
) -> Scale:
    """A scale whose levels have the ranks that somebody else gave them, such as a CASE package.

    Refuses: ``may_not_make_scale``, ``scale_code_taken``.
    """
    _refuse_unless_author(by, now=now)
    scale = _create(code, title)
    Level.objects.bulk_create(
        Level(scale=scale, rank=level.rank, label=level.label, meaning=level.meaning)
        for level in levels
    )
    record(
        by=by,
        now=now,
        verb="make_scale",
        about=scale,
        rule="may_make_scale",
        facts={"code": code, "levels": [level.label for level in levels]},
    )
    return scale


def _refuse_unless_author(by: Actor, *, now: datetime) -> None:
    if not may_make_scale(is_author=is_author_anywhere(by, on=london_date(now))):
        raise Forbidden(_("Only framework authors make scales."), code="may_not_make_scale")


def _refuse_unfit(levels: Sequence[LevelWords], labels: list[str]) -> None:
    if not FEWEST <= len(levels) <= MOST:
        raise Conflict(
            _("A scale has from %(fewest)d to %(most)d levels. Enter their names.")
            % {"fewest": FEWEST, "most": MOST},
            code="level_count",
        )
    small = [label.casefold() for label in labels]
    twice = [label for label in labels if small.count(label.casefold()) > 1]
    if twice:
        raise Conflict(
            _("Two levels are called %(label)s. Give each a name of its own.")
            % {"label": twice[0]},
            code="level_label_twice",
        )


def _create(code: str, title: str) -> Scale:
    try:
        with transaction.atomic():
            return Scale.objects.create(code=code, title=title)
    except IntegrityError:
        raise Conflict(
            _("Another scale has the code %(code)s. Enter another code.") % {"code": code},
            code="scale_code_taken",
        ) from None
