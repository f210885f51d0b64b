"""Who may decide about a request, answer a contest, and keep an organisation's rule."""

from collections.abc import Set

from accounts.selectors.relations import Relation
from courses.models import Approval, Asked, Contest, Enrolment

_DECIDES = frozenset({Relation.LINE_MANAGER, Relation.DELEGATE})
_KEEPS_RULES = frozenset({Relation.LEARNING_LEAD, Relation.ORGANISATION_ADMINISTRATOR})


def may_decide(
    to_person: Set[Relation],
    at_organisation: Set[Relation],
    *,
    enrolment: Enrolment,
    stage: Approval,
    has_line_manager: bool,
    decided_before: bool = False,
) -> bool:
    """Whoever the stage asks, or has been passed on to, on the day: the line manager or who stands
    in for them (where there is none, the learning lead), the line manager's line manager, or the
    learning lead of the organisation for which the person goes.

    Never the person themselves, and nobody twice: ``decided_before`` is about another stage.
    """
    if Relation.SELF in to_person or enrolment.basis != "APPROVAL" or decided_before:
        return False
    asked = {stage.asks}
    # Also once it is answered: whoever it was passed on to reads what became of it.
    if stage.escalated_to:
        asked.add(stage.escalated_to)
    if Asked.LINE_MANAGER in asked and not has_line_manager:
        asked = asked - {Asked.LINE_MANAGER} | {Asked.LEARNING_LEAD}
    is_lead = Relation.LEARNING_LEAD in to_person & at_organisation
    return (
        (Asked.LINE_MANAGER in asked and not _DECIDES.isdisjoint(to_person))
        or (Asked.SECOND_LINE in asked and Relation.SECOND_LINE in to_person)
        or (Asked.LEARNING_LEAD in asked and is_lead)
    )


def may_contest(to_person: Set[Relation], *, enrolment: Enrolment) -> bool:
    """The person who was refused."""
    return Relation.SELF in to_person


def may_answer_contest(
    to_person: Set[Relation],
    at_organisation: Set[Relation],
    *,
    contest: Contest,
    decided_before: bool,
) -> bool:
    """The line manager's line manager, or the learning lead of the organisation for which the
    person goes; never who decided about the request at any stage, and never the person."""
    if Relation.SELF in to_person or decided_before:
        return False
    is_lead = Relation.LEARNING_LEAD in to_person & at_organisation
    return is_lead or Relation.SECOND_LINE in to_person


def may_keep_approval_rule(at_organisation: Set[Relation]) -> bool:
    """Learning leads and administrators of the organisation, or of one above it."""
    return not _KEEPS_RULES.isdisjoint(at_organisation)
