"""Who may start, draft and change a development plan: pure predicates over relations on the day."""

from collections.abc import Callable, Mapping

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import Relation
from accounts.visibility import MANAGES, SEES_PEOPLE
from appraisals.models import Appraisal

Relations = frozenset[Relation]

_OWNER = frozenset({Relation.SELF, Relation.SYSTEM})
_OWNER_OR_MANAGER = _OWNER | {Relation.LINE_MANAGER}
_READS = _OWNER | {Relation(name) for name in (*MANAGES, *SEES_PEOPLE)}


def may_read_plan(relations: Relations) -> bool:
    """Whoever sees the person sees the plan, but for who only stands in for the line manager."""
    return bool(relations & _READS)


def may_start_plan(relations: Relations) -> bool:
    """The plan is its owner's: nobody starts one for somebody else."""
    return bool(relations & _OWNER)


def may_draft_plan(relations: Relations, *, by: Actor, appraisal: Appraisal) -> bool:
    """The plan follows from what both signed, so either of the two brings it about."""
    is_appraiser = isinstance(by, Person) and appraisal.appraiser_id == by.pk
    return is_appraiser or bool(relations & _OWNER)


def may_add_action(relations: Relations) -> bool:
    """A line manager may put an experience or support into the plan; the owner decides on it."""
    return bool(relations & _OWNER_OR_MANAGER)


def may_take_action_step(relations: Relations) -> bool:
    return bool(relations & _OWNER)


MAY_TAKE_ACTION_STEP: Mapping[str, Callable[[Relations], bool]] = {
    "start": may_take_action_step,
    "finish": may_take_action_step,
    "drop": may_take_action_step,
    "take_up_again": may_take_action_step,
}
