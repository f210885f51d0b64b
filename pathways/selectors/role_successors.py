"""What becomes of the levels a role asks for when it is measured by another edition."""

from collections.abc import Iterable

from django.db.models import Prefetch

from pathways.models import (
    Crosswalk,
    CrosswalkKind,
    FrameworkVersion,
    Requirement,
    RoleProfile,
)


def moved_requirements(
    *, role: RoleProfile, version: FrameworkVersion
) -> dict[int, tuple[int, bool]]:
    """Return competency of ``version`` -> (level, essential) by the confirmed rules.

    Where several competencies were merged into one, the highest of their levels is asked for.
    """
    asked = {row.competency_id: row for row in Requirement.objects.filter(role_profile=role)}
    moved: dict[int, tuple[int, bool]] = {}
    for rule in _rules(asked, version):
        row, levels = asked[rule.before_id], _levels(rule)
        if row.rank not in levels or rule.after_id is None:
            continue
        rank, is_essential = moved.get(rule.after_id, (0, False))
        moved[rule.after_id] = (
            max(rank, levels[row.rank]),
            is_essential or row.is_essential,
        )
    return moved


def left_behind(*, draft: RoleProfile) -> list[Requirement]:
    """What the profile that ``draft`` succeeds asked for and no confirmed rule carried over."""
    if draft.replaces is None or draft.replaces.version_id == draft.version_id:
        return []
    rows = list(
        Requirement.objects.filter(role_profile=draft.replaces)
        .select_related("competency__domain")
        .order_by("competency__domain__position", "competency__position", "pk")
    )
    carried = {
        (rule.before_id, rank)
        for rule in _rules([row.competency_id for row in rows], draft.version)
        for rank in _levels(rule)
    }
    return [row for row in rows if (row.competency_id, row.rank) not in carried]


def _rules(competencies: Iterable[int], version: FrameworkVersion) -> list[Crosswalk]:
    return list(
        Crosswalk.objects.filter(
            before__in=list(competencies),
            after__version=version,
            after__is_assessable=True,
            confirmed_at__isnull=False,
        )
        .exclude(kind=CrosswalkKind.RETIRED)
        .prefetch_related("levels")
        .order_by("pk")
    )


def _levels(rule: Crosswalk) -> dict[int, int]:
    return {level.rank: level.becomes for level in rule.levels.all()}


def members_behind(*, family: RoleProfile) -> list[RoleProfile]:
    """Members in use that do not ask for what ``family`` asks for now, overrides aside."""
    asked = {
        row.pk: (row.competency_id, row.rank, row.is_essential)
        for row in Requirement.objects.filter(role_profile=family)
    }
    members = RoleProfile.objects.filter(parent=family, is_published=True).select_related("version")
    inherited = Prefetch(
        "requirements",
        queryset=Requirement.objects.filter(inherited_from__isnull=False),
        to_attr="taken",
    )
    return [
        member
        for member in members.prefetch_related(inherited).order_by("title", "pk")
        if _is_behind(member.taken, asked)
    ]


def is_behind(*, role: RoleProfile) -> bool:
    """Whether ``role`` is in use and its family asks for something else by now, overrides aside.

    For those who write the role: its family may be one that somebody else writes.
    """
    if role.parent is None or not role.is_published:
        return False
    asked = {
        row.pk: (row.competency_id, row.rank, row.is_essential)
        for row in Requirement.objects.filter(role_profile=role.parent)
    }
    taken = Requirement.objects.filter(role_profile=role, inherited_from__isnull=False)
    return role.parent.withdrawn_on is None and _is_behind(taken, asked)


def _is_behind(taken: Iterable[Requirement], asked: dict[int, tuple[int, int, bool]]) -> bool:
    rows = {row.inherited_from_id: row for row in taken}
    return rows.keys() != asked.keys() or any(
        not row.is_override and (row.competency_id, row.rank, row.is_essential) != asked[source]
        for source, row in rows.items()
        if source is not None
    )
