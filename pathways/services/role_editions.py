"""Writing the successor of a role profile: a copy to change, also measured by another edition."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.scope import lifted
from common.errors import Conflict, DomainError
from pathways.models import (
    FrameworkVersion,
    Requirement,
    RequirementGroup,
    RoleCondition,
    RoleProfile,
    VersionState,
)
from pathways.selectors.role_successors import members_behind, moved_requirements
from pathways.services.family_levels import take_from_family
from pathways.services.role_profiles import publish_role
from pathways.services.role_writing import lock_to_write, record_about_role

NUMBERING = SystemJob("pathways.role_codes", organisation_ids=None)


class Brought(NamedTuple):
    """What came of one member of a family; ``refusal`` says why it has no successor."""

    member: RoleProfile
    successor: RoleProfile | None = None
    refusal: str = ""


@transaction.atomic
def draft_successor(
    *, role: RoleProfile, version: FrameworkVersion, by: Actor, now: datetime
) -> RoleProfile:
    """Return a draft that takes the place of ``role`` once it is published; as every draft, it
    asks for what its family asks for now, overrides aside.

    Measured by another edition, each level follows the rules that an author of the frameworks
    confirmed; what no rule carries over is left out, see ``selectors.role_successors.left_behind``.

    Refuses: ``may_not_write_role``, ``role_withdrawn``, ``role_not_in_use``,
    ``edition_not_in_use``, ``successor_is_there``.
    """
    held = lock_to_write(role, by=by, now=now)
    _refuse_to_succeed(held, version)
    draft = _copy(held, version)
    if version.pk == held.version_id:
        rows = list(Requirement.objects.filter(role_profile=held))
        draft.parent = held.parent
        draft.save(update_fields=["parent"])
        _write_again(rows, draft)
        if held.parent is not None and held.parent.withdrawn_on is None:
            take_from_family(held.parent, [draft])
    else:
        moved = moved_requirements(role=held, version=version)
        Requirement.objects.bulk_create(
            Requirement(role_profile=draft, competency_id=pk, rank=rank, is_essential=is_essential)
            for pk, (rank, is_essential) in moved.items()
        )
    _copy_groups(held, draft)
    facts = {"replaces": held.pk, "version": version.pk}
    record_about_role(draft, verb="draft_successor", by=by, now=now, facts=facts)
    return draft


@transaction.atomic
def succeed_members(*, family: RoleProfile, by: Actor, now: datetime) -> list[Brought]:
    """Bring what ``family`` asks for now to its members in use, by a successor of each of them
    that still asks for what the family asked before; overrides stay. One that is refused leaves
    the others alone, and each result is named.

    Refuses: ``may_not_write_role`` of the family.
    """
    held = lock_to_write(family, by=by, now=now)
    brought = [_bring(member, by=by, now=now) for member in members_behind(family=held)]
    successors = [one.successor.pk for one in brought if one.successor]
    if successors:
        facts = {"members": successors}
        record_about_role(held, verb="succeed_members", by=by, now=now, facts=facts)
    return brought


def _bring(member: RoleProfile, *, by: Actor, now: datetime) -> Brought:
    try:
        with transaction.atomic():
            draft = draft_successor(role=member, version=member.version, by=by, now=now)
            return Brought(member, publish_role(role=draft, by=by, now=now))
    except DomainError as refusal:
        return Brought(member, refusal=refusal.message)


def _refuse_to_succeed(role: RoleProfile, version: FrameworkVersion) -> None:
    if not role.is_published or role.is_family:
        raise Conflict(
            _("This role profile is not in use. Change it as it is."), code="role_not_in_use"
        )
    if version.state != VersionState.PUBLISHED:
        raise Conflict(
            _("This edition of the framework is not in use. Choose one that is."),
            code="edition_not_in_use",
        )
    if RoleProfile.objects.filter(replaces=role).exists():
        raise Conflict(
            _("A successor of this role profile is being written already. Open that one."),
            code="successor_is_there",
        )


def _copy(role: RoleProfile, version: FrameworkVersion) -> RoleProfile:
    return RoleProfile.objects.create(
        code=_next_code(role.code),
        title=role.title,
        summary=role.summary,
        family=role.family,
        owner=role.owner,
        version=version,
        band=role.band,
        top_band=role.top_band,
        stage=role.stage,
        staff_groups=list(role.staff_groups),
        is_published=False,
        replaces=role,
    )


def _next_code(code: str) -> str:
    """The code with a number behind it: ward-manager, ward-manager.2, ward-manager.3."""
    stem, _dot, last = code.rpartition(".")
    base = stem if stem and last.isdecimal() else code
    # Codes are one set for everybody, whoever may see the other role.
    with lifted(NUMBERING):
        taken = set(
            RoleProfile.objects.filter(code__startswith=base[:36]).values_list("code", flat=True)
        )
    number = 2
    while f"{base[:36]}.{number}" in taken:
        number += 1
    return f"{base[:36]}.{number}"


def _write_again(rows: Iterable[Requirement], draft: RoleProfile) -> None:
    Requirement.objects.bulk_create(
        Requirement(
            role_profile=draft,
            competency_id=row.competency_id,
            rank=row.rank,
            is_essential=row.is_essential,
            inherited_from_id=row.inherited_from_id,
            is_override=row.is_override,
        )
        for row in rows
    )


def _copy_groups(role: RoleProfile, draft: RoleProfile) -> None:
    """Level by level, so that each group finds the copy of the one that holds it."""
    groups = list(RequirementGroup.objects.filter(role_profile=role).order_by("position"))
    copies: dict[int | None, RequirementGroup | None] = {None: None}
    waiting = groups
    while ready := [group for group in waiting if group.parent_id in copies]:
        made = RequirementGroup.objects.bulk_create(
            RequirementGroup(
                role_profile=draft,
                parent=copies[group.parent_id],
                operator=group.operator,
                background=group.background,
                is_essential=group.is_essential,
                position=group.position,
            )
            for group in ready
        )
        copies |= {group.pk: copy for group, copy in zip(ready, made, strict=True)}
        waiting = [group for group in waiting if group.pk not in copies]
    conditions = list(RoleCondition.objects.filter(group__in=groups))
    for condition in conditions:
        condition.group = copies[condition.group_id]  # type: ignore[assignment]
        condition.pk = None
        condition._state.adding = True  # noqa: SLF001 (as Django's docs copy a row)
    RoleCondition.objects.bulk_create(conditions)
