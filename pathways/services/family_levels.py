"""Writing the levels of a family of roles into the rows of its members."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from pathways.models import Requirement, RoleProfile


def take_from_family(family: RoleProfile, members: Iterable[RoleProfile]) -> None:
    """Bring what ``family`` asks for to ``members``; a part of a change that is recorded.

    Overrides stay, and so do withdrawn members. What the family asks for no longer is not taken
    away here: as it is dropped, drafts lose it, and members in use keep it as their own
    (``role_requirements.ask_for``). Four statements, however many members and levels there are.
    """
    ids = [member.pk for member in members if member.withdrawn_on is None]
    asked = list(Requirement.objects.filter(role_profile=family))
    rows = Requirement.objects.filter(role_profile__in=ids)
    known = {
        (role, competency): (rank, is_essential)
        for role, competency, rank, is_essential in rows.values_list(
            "role_profile_id", "competency_id", "rank", "is_essential"
        )
    }
    overrides = set(
        rows.filter(Q(is_override=True) | Q(inherited_from__isnull=True)).values_list(
            "role_profile_id", "competency_id"
        )
    )
    Requirement.objects.bulk_create(
        [_inherited(pk, source, known, overrides) for pk in ids for source in asked],
        update_conflicts=True,
        unique_fields=["role_profile", "competency"],
        update_fields=["rank", "is_essential", "inherited_from", "is_override"],
    )


def _inherited(
    role_id: int,
    source: Requirement,
    known: Mapping[tuple[int, int], tuple[int, bool]],
    own: set[tuple[int, int]],
) -> Requirement:
    key = (role_id, source.competency_id)
    theirs = (source.rank, source.is_essential)
    rank, is_essential = known[key] if key in own else theirs
    return Requirement(
        role_profile_id=role_id,
        competency_id=source.competency_id,
        rank=rank,
        is_essential=is_essential,
        inherited_from=source,
        is_override=(rank, is_essential) != theirs,
    )
