"""Who may be found, look, put somebody forward, decide and judge; pure predicates."""

from collections.abc import Set as AbstractSet

from accounts.models import Person
from accounts.selectors.relations import Relation
from talent.models import Nomination, NominationRoute

_MANAGES = frozenset({Relation.LINE_MANAGER, Relation.SUPERVISOR, Relation.SECOND_LINE})

Relations = AbstractSet[Relation]


def may_change_consent(relations: Relations) -> bool:
    """Nobody may let somebody else be found, not even with a role that covers everything."""
    return Relation.SELF in relations


def may_search(roles: AbstractSet[str]) -> bool:
    """``roles``: those granted to the actor for any organisation."""
    return Relation.TALENT_LEAD in roles


def route_of(relations: Relations, roles_at_pool: Relations) -> NominationRoute | None:
    """By which route the actor may put the person forward; None means not at all.

    ``relations``: to the person; ``roles_at_pool``: for the pool's organisation. The nearest
    relation counts, so that the person reads who they really are.
    """
    if Relation.SELF in relations:
        return NominationRoute.SELF
    if relations & _MANAGES:
        return NominationRoute.MANAGER
    if Relation.TALENT_LEAD in relations and Relation.TALENT_LEAD in roles_at_pool:
        return NominationRoute.TALENT_TEAM
    beside = {Relation.COLLEAGUE, Relation.PEER}
    return None if beside.isdisjoint(relations) else NominationRoute.PEER


def may_read_reasons(relations: Relations, roles_at_pool: Relations, *, is_on_panel: bool) -> bool:
    """Why a nomination was decided as it was: the person, the talent team and this pool's panel,
    as long as the person lets it see them."""
    if is_on_panel and Relation.PANEL_MEMBER in relations:
        return True
    return Relation.SELF in relations or Relation.TALENT_LEAD in roles_at_pool


def may_run_panel(roles_at_pool: Relations, *, is_oneself: bool) -> bool:
    """Say who is on the panel of a pool: its talent leads, of somebody else."""
    return Relation.TALENT_LEAD in roles_at_pool and not is_oneself


def may_decide(by: Person, *, nomination: Nomination, roles_at_pool: Relations) -> bool:
    """A talent lead of the pool, who is neither the person nor who put the person forward. A
    panel reads and decides nothing."""
    involved = {nomination.person_id, nomination.nominated_by_id}
    return Relation.TALENT_LEAD in roles_at_pool and by.pk not in involved


def may_withdraw(by: Person, *, nomination: Nomination) -> bool:
    """Only the person: leaving a pool is theirs to choose, and theirs alone."""
    return by.pk == nomination.person_id


def may_judge_readiness(relations: Relations, roles_at_organisation: Relations) -> bool:
    """A talent lead of the organisation whose role covers the person, never of oneself."""
    return (
        Relation.TALENT_LEAD in relations
        and Relation.TALENT_LEAD in roles_at_organisation
        and Relation.SELF not in relations
    )
