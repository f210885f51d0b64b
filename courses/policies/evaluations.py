"""Who says what they think of a session."""

from collections.abc import Set

from accounts.selectors.relations import Relation


def may_answer_evaluation(to_person: Set[Relation]) -> bool:
    """Whoever was there, and nobody in their name."""
    return Relation.SELF in to_person
