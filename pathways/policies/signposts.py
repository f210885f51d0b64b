"""Who may keep resources, and who may offer to coach. Pure: relations of the day in."""

from collections.abc import Set

from accounts.selectors.relations import Relation


def may_keep_resources(at_owner: Set[Relation]) -> bool:
    """Add, change and withdraw what an organisation offers to learn from."""
    return Relation.LEARNING_LEAD in at_owner


def may_offer_to_coach(
    to_person: Set[Relation], at_place: Set[Relation], *, held: int | None, asked: int | None
) -> bool:
    """Oneself, where one works, with a level that counts: at or above what one's own role asks
    for, if it asks for any."""
    is_own = Relation.SELF in to_person and Relation.COLLEAGUE in at_place
    return is_own and held is not None and held >= (asked or held)


def may_end_coaching(to_person: Set[Relation]) -> bool:
    return Relation.SELF in to_person
