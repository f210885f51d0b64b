"""Who may write, read, sign and hand over an appraisal, and who runs a cycle."""

from collections.abc import Callable

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import Relation
from appraisals.models import Appraisal, Side

RUNS_CYCLES = frozenset({Relation.HR_ADMINISTRATOR, Relation.LEARNING_LEAD})


def side_of(by: Actor, *, appraisal: Appraisal) -> Side | None:
    """The side ``by`` writes and signs for; None for everybody but the two parties."""
    return appraisal.side_of(by.pk) if isinstance(by, Person) and by.is_active else None


def may_read_content(by: Actor, *, appraisal: Appraisal) -> bool:
    """What is written is between the two. Roles see how far it is, never what it says."""
    return side_of(by, appraisal=appraisal) is not None


def may_write_draft(by: Actor, *, appraisal: Appraisal) -> bool:
    return side_of(by, appraisal=appraisal) is not None


def may_agree_objectives(by: Actor, *, appraisal: Appraisal) -> bool:
    return side_of(by, appraisal=appraisal) is not None


def may_record_conversation(by: Actor, *, appraisal: Appraisal) -> bool:
    return side_of(by, appraisal=appraisal) is not None


def may_share(by: Actor, *, appraisal: Appraisal) -> bool:
    return side_of(by, appraisal=appraisal) is not None


def may_send_back(by: Actor, *, appraisal: Appraisal) -> bool:
    return side_of(by, appraisal=appraisal) is not None


def may_sign(by: Actor, *, appraisal: Appraisal) -> bool:
    return side_of(by, appraisal=appraisal) is not None


# One row per step of the workflow, so that a step without a rule cannot exist.
MAY_TAKE_STEP: dict[str, Callable[..., bool]] = {
    "share": may_share,
    "send_back": may_send_back,
    "sign": may_sign,
}


def may_hand_over(
    by: Actor,
    *,
    appraisal: Appraisal,
    to: Person,
    relations: frozenset[Relation],
    roles: frozenset[Relation],
) -> bool:
    """The line manager of record takes it over, or HR and the daily job see to it.

    ``relations`` are those of ``by`` to the person appraised, ``roles`` those for the organisation
    whose appraisal it is: the HR of another employer has no part in it. Nobody appraises
    themselves.
    """
    if to.pk == appraisal.subject_id:
        return False
    if relations & roles & {Relation.HR_ADMINISTRATOR, Relation.SYSTEM}:
        return True
    return isinstance(by, Person) and by == to and Relation.LINE_MANAGER in relations


def may_run_cycles(roles: frozenset[Relation]) -> bool:
    """``roles`` are those held for the organisation whose cycle it is."""
    return bool(roles & RUNS_CYCLES)
