"""Saying what became of a competency, and confirming the rule that carries its levels on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.errors import Conflict, Forbidden, Stale
from pathways.models import (
    Competency,
    Crosswalk,
    CrosswalkKind,
    CrosswalkLevel,
    FrameworkVersion,
    Level,
)
from pathways.selectors.crosswalks import fates_of, rules_about, rules_of, state_of, way_between
from pathways.services.doers import doer, put_doer
from pathways.services.rule_circles import queue_for_rules, refuse_circle, refuse_rule_circles
from pathways.services.writing import hold_version

# How many competencies of the newer edition each kind names, at least and at most.
_HOW_MANY = {
    CrosswalkKind.REPLACED: (1, 1),
    CrosswalkKind.SPLIT: (2, 20),
    CrosswalkKind.MERGED: (1, 1),
    CrosswalkKind.RETIRED: (0, 0),
}


@transaction.atomic
def say_what_became_of(
    *,
    version: FrameworkVersion,
    before: Competency,
    after: Sequence[Competency],
    kind: CrosswalkKind,
    reason: str,
    by: Actor,
    now: datetime,
    seen: str = "",
) -> list[Crosswalk]:
    """Say that ``before`` became ``after`` in ``version``, in place of what was said before.

    What takes the place of something has ``seen`` it (``state_of`` the rules). Refuses:
    ``may_not_write_framework``, ``not_of_these_editions``, ``wrong_number``, ``reason_missing``,
    ``levels_carried_over``, ``rules_moved_on``, ``crosswalk_cycle``.
    """
    held = hold_version(version.pk, by=by, now=now)
    # Whoever names a competency twice means it once.
    after = list(dict.fromkeys(after))
    _refuse_unless_it_fits(held, before, after, kind, reason)
    earlier = list(rules_about(before, version=held))
    _refuse_if_carried_over(earlier)
    if state_of(earlier) != seen:
        raise _moved_on()
    queue_for_rules()
    Crosswalk.objects.filter(pk__in=[rule.pk for rule in earlier]).delete()
    heirs: list[Competency | None] = [*after] or [None]
    rules = Crosswalk.objects.bulk_create(
        Crosswalk(before=before, after=row, kind=kind, reason=reason) for row in heirs
    )
    refuse_rule_circles(rules)
    _recorded("say_what_became_of", held, by, now, before=before.code, kind=kind)
    return rules


@transaction.atomic
def say_it_stands_for(
    *,
    version: FrameworkVersion,
    before: Competency,
    after: Competency,
    reason: str,
    by: Actor,
    now: datetime,
) -> Crosswalk:
    """Say that levels of ``before``, in another framework, stand for levels of ``after``.

    Refuses: ``may_not_write_framework``, ``same_framework``, ``crosswalk_cycle``,
    ``crosswalk_there``.
    """
    held = hold_version(version.pk, by=by, now=now)
    if after.version_id != held.pk or before.version.framework_id == held.framework_id:
        raise Conflict(
            _("Choose a competency of another framework and one of this edition."),
            code="same_framework",
        )
    queue_for_rules()
    way = way_between(start=after.pk, ends=[before.pk])
    if way:
        refuse_circle([before.code, *way])
    rule, created = Crosswalk.objects.get_or_create(
        before=before, after=after, defaults={"kind": CrosswalkKind.EQUIVALENT, "reason": reason}
    )
    if not created:
        raise Conflict(_("There is a rule between these two already."), code="crosswalk_there")
    _recorded("say_what_became_of", held, by, now, before=before.code, kind=rule.kind)
    return rule


@transaction.atomic
def confirm_crosswalk(
    *,
    version: FrameworkVersion,
    rule: Crosswalk,
    levels: Mapping[int, int] | None,
    by: Actor,
    now: datetime,
) -> Crosswalk:
    """Confirm that a level held before stands for ``levels[rank]`` after.

    Without ``levels`` every rank stands for itself, which only one scale allows. A rank that is
    not named is not carried over. ``rule`` is as the author saw it, by its ``revision``. Refuses:
    ``may_not_write_framework``, ``rule_gone``, ``rules_moved_on``, ``levels_needed``,
    ``level_not_on_scale``, ``levels_carried_over``.
    """
    held = hold_version(version.pk, by=by, now=now)
    found = rules_of(held).filter(pk=rule.pk).first()
    if found is None:
        raise Conflict(
            _("Somebody said something else in the meantime. Look at what became of it now."),
            code="rule_gone",
        )
    _refuse_if_carried_over([found])
    if found.revision != rule.revision:
        raise _moved_on()
    rule = found
    rule.revision += 1
    if rule.after is None:
        told: Mapping[int, int] = {}
    else:
        scales = _scale_of(rule.before), _scale_of(rule.after)
        told = _levels(scales, levels)
    rule.levels.all().delete()
    CrosswalkLevel.objects.bulk_create(
        CrosswalkLevel(crosswalk=rule, rank=rank, becomes=becomes) for rank, becomes in told.items()
    )
    rule.confirmed_at, doers = now, put_doer(rule, "confirmed_by", by)
    rule.save(update_fields=["confirmed_at", "revision", *doers])
    _recorded("confirm_crosswalk", held, by, now, rule=rule.pk, before=rule.before.code)
    return rule


@transaction.atomic
def confirm_what_stayed(*, version: FrameworkVersion, by: Actor, now: datetime) -> int:
    """Confirm at once that each level of what stayed, on the same scale, stands for itself.

    What stayed is what has its lineage in both editions and no rule that says otherwise. Returns
    how many rules that made. Refuses: ``may_not_write_framework``, ``crosswalk_cycle``.
    """
    held = hold_version(version.pk, by=by, now=now)
    stayed = [
        (fate.before, fate.same)
        for fate in fates_of(held)
        if fate.same is not None and not fate.rules
    ]
    queue_for_rules()
    same_scale = [pair for pair in stayed if _scale_of(pair[0]) == _scale_of(pair[1])]
    rules = Crosswalk.objects.bulk_create(
        Crosswalk(
            before=before,
            after=after,
            kind=CrosswalkKind.SAME,
            confirmed_at=now,
            **doer("confirmed_by", by),
        )
        for before, after in same_scale
    )
    refuse_rule_circles(rules)
    ranks = _ranks_by_scale({_scale_of(before) for before, _after in same_scale})
    CrosswalkLevel.objects.bulk_create(
        CrosswalkLevel(crosswalk=rule, rank=rank, becomes=rank)
        for rule in rules
        for rank in ranks[_scale_of(rule.before)]
    )
    if rules:
        _recorded("confirm_crosswalk", held, by, now, rules=len(rules))
    return len(rules)


def _refuse_unless_it_fits(
    version: FrameworkVersion,
    before: Competency,
    after: Sequence[Competency],
    kind: CrosswalkKind,
    reason: str,
) -> None:
    if before.version_id != version.based_on_id or {row.version_id for row in after} - {version.pk}:
        raise Conflict(
            _("Choose a competency of the edition before and what followed it in this one."),
            code="not_of_these_editions",
        )
    least, most = _HOW_MANY.get(kind, (1, 0))
    if not least <= len({row.pk for row in after}) <= most:
        raise Conflict(_how_many(kind), code="wrong_number")
    if not reason.strip():
        raise Conflict(_("Enter why it changed."), code="reason_missing")


def _how_many(kind: CrosswalkKind) -> str:
    return {
        CrosswalkKind.REPLACED: _("Select the one competency that replaces it."),
        CrosswalkKind.SPLIT: _("Select at least two competencies that it was split into."),
        CrosswalkKind.MERGED: _("Select the one competency that it was merged into."),
        CrosswalkKind.RETIRED: _("What is left out is followed by nothing. Select none."),
    }.get(kind, _("Select whether it was replaced, split, merged or left out."))


def _refuse_if_carried_over(rules: Iterable[Crosswalk]) -> None:
    """A rule by which levels were carried over is history: they name it as where they came from."""
    if any(rule.carried_at for rule in rules):
        raise Conflict(
            _("Levels were carried over by this rule already, so it stays as it is."),
            code="levels_carried_over",
        )


def _moved_on() -> Stale:
    return Stale(
        _(
            "Somebody said something else of this after you opened the page. Look at what is said "
            "now, then save again."
        ),
        code="rules_moved_on",
    )


def _levels(scales: tuple[int, int], levels: Mapping[int, int] | None) -> Mapping[int, int]:
    ranks = _ranks_by_scale(set(scales))
    before, after = ranks[scales[0]], ranks[scales[1]]
    if levels is None:
        if scales[0] != scales[1]:
            raise Conflict(
                _("The two are measured by different scales. Enter which level stands for which."),
                code="levels_needed",
            )
        return {rank: rank for rank in before}
    if not set(levels) <= set(before) or not set(levels.values()) <= set(after):
        raise Conflict(
            _("One of these levels is not on the framework's scale."), code="level_not_on_scale"
        )
    return levels


def _scale_of(competency: Competency | None) -> int:
    if competency is None:
        raise Forbidden(_("What is left out has no levels."), code="nothing_after")
    return competency.scale_id or competency.version.scale_id


def _ranks_by_scale(scale_ids: set[int]) -> dict[int, list[int]]:
    ranks: dict[int, list[int]] = {scale_id: [] for scale_id in scale_ids}
    rows = Level.objects.filter(scale_id__in=scale_ids, rank__isnull=False).order_by("rank")
    for scale_id, rank in rows.values_list("scale_id", "rank"):
        ranks[scale_id].append(rank or 0)
    return ranks


def _recorded(
    verb: str, version: FrameworkVersion, by: Actor, now: datetime, **facts: object
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=version,
        rule="may_write_framework",
        organisation_id=version.framework.owner_id,
        facts=facts,
    )
