"""Who may ask for a place, and give one up."""

from collections.abc import Set

from accounts.selectors.relations import Relation
from courses.models import Enrolment


def may_enrol(to_person: Set[Relation], *, session_is_offered: bool) -> bool:
    """The person, or the HR system of their organisation, where the session is open to them."""
    asks = {Relation.SELF, Relation.API_CLIENT}
    return session_is_offered and not asks.isdisjoint(to_person)


def may_withdraw(to_person: Set[Relation], *, enrolment: Enrolment) -> bool:
    """The person themselves, or the HR system of their organisation."""
    return not {Relation.SELF, Relation.API_CLIENT}.isdisjoint(to_person)


def may_move(to_person: Set[Relation], *, enrolment: Enrolment) -> bool:
    """The person themselves, or the HR system of their organisation."""
    return not {Relation.SELF, Relation.API_CLIENT}.isdisjoint(to_person)


def may_answer_offer(to_person: Set[Relation], *, enrolment: Enrolment) -> bool:
    """The person to whom the place is offered, or the HR system of their organisation."""
    return not {Relation.SELF, Relation.API_CLIENT}.isdisjoint(to_person)
