"""Who may say why somebody was not there."""

from collections.abc import Set

from accounts.selectors.relations import Relation


def may_explain_absence(to_person: Set[Relation]) -> bool:
    """The person themselves; whoever keeps the register does it there."""
    return Relation.SELF in to_person
