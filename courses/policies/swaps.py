"""Who may ask somebody to swap places, and answer."""

from collections.abc import Set

from accounts.selectors.relations import Relation
from courses.models import Enrolment, SwapRequest


def may_ask_for_swap(to_person: Set[Relation], *, enrolment: Enrolment) -> bool:
    """The person themselves: a wish between two colleagues is nobody else's to make."""
    return Relation.SELF in to_person


def may_take_swap_back(to_asker: Set[Relation], *, swap: SwapRequest) -> bool:
    """Whoever asked."""
    return Relation.SELF in to_asker


def may_answer_swap(to_partner: Set[Relation], *, swap: SwapRequest) -> bool:
    """Whoever is asked."""
    return Relation.SELF in to_partner
