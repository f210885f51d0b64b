"""Who may ask for a level to be confirmed, and who may answer. Pure: relations of the day in."""

from accounts.models import Person
from accounts.selectors.relations import Relation
from pathways.models import VerificationRequest


def may_ask(relations: frozenset[Relation]) -> bool:
    """Nobody puts another person's word forward."""
    return Relation.SELF in relations


def may_withdraw(relations: frozenset[Relation]) -> bool:
    """What a person asked, that person alone may take back."""
    return Relation.SELF in relations


def may_answer(
    by: Person,
    relations: frozenset[Relation],
    *,
    request: VerificationRequest,
    is_appointed: bool,
) -> bool:
    """The line manager of the day, or the assessor who was asked, while their time lasts.

    A stand-in confirms nothing, and nobody confirms their own word. ``is_appointed``: whether the
    appointment under which the assessor was asked holds on the day.
    """
    if Relation.SELF in relations:
        return False
    if request.assessor_id is None:
        return Relation.LINE_MANAGER in relations
    return is_appointed and by.pk == request.assessor_id
