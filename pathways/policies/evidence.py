"""Who may keep, change and open evidence, and claim and decide prior learning. Pure."""

from accounts.selectors.relations import Relation

# Decide a claim that names nobody. Whoever is named decides alone.
_DECIDES = frozenset({Relation.LINE_MANAGER, Relation.LEARNING_LEAD})


def may_keep_evidence(relations: frozenset[Relation]) -> bool:
    """What a person keeps to show is theirs alone to add, change and remove."""
    return Relation.SELF in relations


def may_claim_prior_learning(relations: frozenset[Relation]) -> bool:
    """Nobody claims for another, nor takes another's claim back."""
    return Relation.SELF in relations


def may_decide_claim(
    relations: frozenset[Relation], *, names_somebody: bool, is_named_and_appointed: bool
) -> bool:
    """Whether one with these relations to the claimant on the day decides the claim.

    A claim that names an assessor waits for that assessor, while the appointment lasts; one that
    names nobody for whoever is line manager on the day, or leads learning there. Nobody decides
    their own.
    """
    if Relation.SELF in relations:
        return False
    return is_named_and_appointed if names_somebody else bool(relations & _DECIDES)
