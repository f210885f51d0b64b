"""Saying which levels a role asks for, and taking them from a family of roles."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.scope import lifted
from common.errors import Conflict
from pathways.models import Competency, Level, Requirement, RoleProfile
from pathways.services.family_levels import take_from_family
from pathways.services.role_writing import lock_to_ask, record_about_role

# A national family has members in organisations that its author does not see.
TELLING_MEMBERS = SystemJob("pathways.family_members", organisation_ids=None)


class Asked(NamedTuple):
    """A level and whether it is needed from the first day."""

    rank: int
    is_essential: bool = False


@transaction.atomic
def ask_for(
    *, role: RoleProfile, levels: Mapping[int, Asked | None], by: Actor, now: datetime
) -> None:
    """Ask for ``levels`` (competency's id -> what is asked, None for nothing); others stay.

    What a family asks for becomes an override where the role asks for something else. A change of
    a family reaches the drafts of its members at once; see ``succeed_members`` for those in use,
    which keep a level that the family drops as their own. Withdrawn members stay as they were.

    Refuses: ``may_not_write_role``, ``role_withdrawn``, ``role_in_use``, ``not_of_this_edition``,
    ``level_not_on_scale``, ``family_asks_for_it``.
    """
    held = lock_to_ask(role, by=by, now=now)
    _refuse_unknown(held, levels)
    before = {
        row.competency_id: row
        for row in Requirement.objects.filter(role_profile=held).select_related("inherited_from")
    }
    wanted = {pk: asked for pk, asked in levels.items() if asked is not None}
    dropped = [pk for pk, asked in levels.items() if asked is None and pk in before]
    changed = {pk: asked for pk, asked in wanted.items() if _asked(before.get(pk)) != asked}
    if not dropped and not changed:
        return
    _refuse_to_drop_inherited(before[pk] for pk in dropped)
    _let_go(held, dropped)
    Requirement.objects.bulk_create(
        [_row(held, pk, asked, before.get(pk)) for pk, asked in changed.items()],
        update_conflicts=True,
        unique_fields=["role_profile", "competency"],
        update_fields=["rank", "is_essential", "is_override"],
    )
    facts = {"asks": {str(pk): list(asked) for pk, asked in changed.items()}, "dropped": dropped}
    record_about_role(held, verb="ask_for_levels", by=by, now=now, facts=facts)
    if held.is_family:
        with lifted(TELLING_MEMBERS):
            take_from_family(held, RoleProfile.objects.filter(parent=held, is_published=False))


@transaction.atomic
def follow_family(
    *, role: RoleProfile, family: RoleProfile | None, by: Actor, now: datetime
) -> None:
    """Take from ``family`` what it asks for; what the role asks for already stays, as an override
    where it differs. None leaves the family: the levels stay and are the role's own.

    Refuses: ``may_not_write_role``, ``role_withdrawn``, ``role_in_use``, ``not_a_family``.
    """
    held = lock_to_ask(role, by=by, now=now)
    if family is not None and not _is_family_for(family, held):
        raise Conflict(
            _("A role takes levels only from a family that is measured by the same edition."),
            code="not_a_family",
        )
    left = held.parent_id
    Requirement.objects.filter(role_profile=held).update(inherited_from=None, is_override=False)
    held.parent = family
    held.save(update_fields=["parent"])
    if family is not None:
        take_from_family(family, RoleProfile.objects.filter(pk=held.pk))
    facts = {"from": left, "to": family.pk if family else None}
    record_about_role(held, verb="follow_family", by=by, now=now, facts=facts)


@transaction.atomic
def take_family_level(
    *, role: RoleProfile, competency: Competency, by: Actor, now: datetime
) -> None:
    """Undo an override: ask again for what the family asks for.

    Refuses: ``may_not_write_role``, ``role_withdrawn``, ``role_in_use``, ``no_override``.
    """
    held = lock_to_ask(role, by=by, now=now)
    rows = Requirement.objects.filter(role_profile=held, competency=competency, is_override=True)
    row = rows.select_related("inherited_from").first()
    if row is None or row.inherited_from is None:
        raise Conflict(_("The role asks for what its family asks for already."), code="no_override")
    row.rank, row.is_essential = row.inherited_from.rank, row.inherited_from.is_essential
    row.is_override = False
    row.save(update_fields=["rank", "is_essential", "is_override"])
    facts = {"competency": competency.pk, "rank": row.rank}
    record_about_role(held, verb="take_family_level", by=by, now=now, facts=facts)


def _asked(row: Requirement | None) -> Asked | None:
    return Asked(row.rank, row.is_essential) if row else None


def _row(role: RoleProfile, pk: int, asked: Asked, before: Requirement | None) -> Requirement:
    source = before.inherited_from if before else None
    return Requirement(
        role_profile=role,
        competency_id=pk,
        rank=asked.rank,
        is_essential=asked.is_essential,
        inherited_from=source,
        is_override=source is not None and _asked(source) != asked,
    )


def _is_family_for(family: RoleProfile, role: RoleProfile) -> bool:
    return (
        family.is_family
        and not role.is_family
        and family.withdrawn_on is None
        and family.version_id == role.version_id
        and family.owner_id in {None, role.owner_id}
    )


def _let_go(role: RoleProfile, dropped: list[int]) -> None:
    """Take rows away; what members took from one goes from drafts, unless it is an override, and
    stays with the others as their own."""
    rows = Requirement.objects.filter(role_profile=role, competency__in=dropped)
    if role.is_family and dropped:
        with lifted(TELLING_MEMBERS):
            taken = Requirement.objects.filter(inherited_from__in=rows.values("pk"))
            drafts = taken.filter(role_profile__is_published=False, role_profile__withdrawn_on=None)
            drafts.filter(is_override=False).delete()
            taken.update(inherited_from=None, is_override=False)
    rows.delete()


def _refuse_to_drop_inherited(rows: Iterable[Requirement]) -> None:
    if any(row.inherited_from_id for row in rows):
        raise Conflict(
            _("The family of this role asks for it. Choose another level, or leave the family."),
            code="family_asks_for_it",
        )


def _refuse_unknown(role: RoleProfile, levels: Mapping[int, Asked | None]) -> None:
    asked_about = Competency.objects.filter(version=role.version_id, is_assessable=True)
    scales = dict(
        asked_about.filter(pk__in=levels).values_list(
            "pk", Coalesce(F("scale_id"), F("version__scale_id"))
        )
    )
    if set(levels) - set(scales):
        raise Conflict(
            _("A competency is not one that this edition of the framework asks about."),
            code="not_of_this_edition",
        )
    ranks = set(
        Level.objects.filter(scale__in=set(scales.values()), rank__isnull=False).values_list(
            "scale_id", "rank"
        )
    )
    if any(asked and (scales[pk], asked.rank) not in ranks for pk, asked in levels.items()):
        raise Conflict(
            _("A level is not on the scale of this framework."), code="level_not_on_scale"
        )
