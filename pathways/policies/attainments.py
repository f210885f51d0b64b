"""Who may change what a person has reached or works towards. Pure: relations of the day in."""

from accounts.selectors.relations import Relation
from pathways.models import OWN_WORD, AttainmentSource

# Levels of a course, an appraisal, a confirmation or a claim follow from a completion, a signature
# or a decision, and the service of that deed has judged who may do it; only the sources below are
# a deed of their own.
RECORDED_BY: dict[str, frozenset[Relation]] = {
    AttainmentSource.SELF: frozenset({Relation.SELF}),
    AttainmentSource.EVIDENCE: frozenset({Relation.LINE_MANAGER, Relation.LEARNING_LEAD}),
    AttainmentSource.IMPORTED: frozenset({Relation.API_CLIENT}),
}
# Who may say from when on somebody else's word about a person no longer counts.
_CLOSES = frozenset({Relation.LINE_MANAGER, Relation.LEARNING_LEAD})


def may_record_attainments(relations: frozenset[Relation], *, source: str) -> bool:
    allowed = RECORDED_BY.get(source)
    return allowed is None or bool(relations & allowed)


def may_close_attainment(relations: frozenset[Relation], *, source: str) -> bool:
    """One's own word is one's own to end; what others said is not, nor is anybody's own word.

    What a program of the organisation sent, such a program ends as well.
    """
    if source in OWN_WORD:
        return Relation.SELF in relations
    if source == AttainmentSource.IMPORTED and Relation.API_CLIENT in relations:
        return True
    return bool(relations & _CLOSES) and Relation.SELF not in relations


def may_assess(relations: frozenset[Relation]) -> bool:
    """Nobody answers a self-assessment for another person."""
    return Relation.SELF in relations


def may_choose_role(relations: frozenset[Relation]) -> bool:
    """Where somebody wants to go is theirs alone to say."""
    return Relation.SELF in relations
