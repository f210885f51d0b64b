"""Who may apply for a place, answer an offer, assess and choose."""

from collections.abc import Set
from dataclasses import dataclass

from accounts.selectors.relations import Relation
from courses.models import Application, Intake

_CHOOSES = frozenset({Relation.LEARNING_LEAD, Relation.PROGRAMME_LEAD})
# Whoever is one of these to the applicant cannot judge between them and others.
_TOO_NEAR = frozenset(
    {Relation.SELF, Relation.LINE_MANAGER, Relation.SUPERVISOR, Relation.SECOND_LINE}
)


@dataclass(frozen=True, slots=True)
class Seat:
    """What somebody is on the panel that decides about an application."""

    is_chair: bool
    has_interest: bool


def may_plan_intake(at_offering: Set[Relation], *, intake: Intake | None = None) -> bool:
    """Say when people can apply and what is asked: learning and programme leads of who
    hosts or teaches it."""
    return not _CHOOSES.isdisjoint(at_offering)


def may_apply(to_person: Set[Relation], *, intake: Intake, is_offered: bool) -> bool:
    """The person themselves, where the course is offered to them."""
    return is_offered and Relation.SELF in to_person


def may_answer_selection(to_person: Set[Relation], *, application: Application) -> bool:
    """Send, withdraw, accept or decline: the person themselves and nobody for them."""
    return Relation.SELF in to_person


def may_choose(
    at_offering: Set[Relation],
    to_person: Set[Relation],
    *,
    application: Application,
    is_sponsor: bool,
    competes: bool,
) -> bool:
    """Read an application and decide about it: learning and programme leads of who hosts or
    teaches the course, unless they have sent one themselves; never about that of somebody who
    reports to them or has named them as their sponsor."""
    is_near = is_sponsor or competes or not _TOO_NEAR.isdisjoint(to_person)
    return not _CHOOSES.isdisjoint(at_offering) and not is_near


def may_name_panel(at_offering: Set[Relation], *, intake: Intake, competes: bool) -> bool:
    """Say who sits on the panel: whoever plans the intake, unless they have applied for it."""
    return may_plan_intake(at_offering, intake=intake) and not competes


def may_declare_interest(
    to_person: Set[Relation], *, seat: Seat | None, application: Application
) -> bool:
    """Say what ties one to an applicant: whoever sits on the panel, about others."""
    return seat is not None and Relation.SELF not in to_person


def may_assess(to_person: Set[Relation], *, seat: Seat | None, application: Application) -> bool:
    """Read, score and vote: members of the panel without an interest, never about themselves nor
    about somebody who reports to them."""
    return seat is not None and not seat.has_interest and _TOO_NEAR.isdisjoint(to_person)


def may_decide_for_panel(
    to_person: Set[Relation],
    *,
    seat: Seat | None,
    application: Application,
    is_chair_barred: bool,
) -> bool:
    """Write down what the panel decided: the chair; another member where the chair may not
    assess that application."""
    if seat is None or not may_assess(to_person, seat=seat, application=application):
        return False
    return seat.is_chair or is_chair_barred
