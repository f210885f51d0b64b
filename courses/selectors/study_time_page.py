"""The time of one place as one reader finds it: where it stands, and what they may do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounts.actors import Actor
from accounts.selectors.relations import line_manager_of, relations_to, roles_at
from courses.models import BACKFILL_WORKFLOW, Account, Backfill, Enrolment, StudyTimeMove
from courses.policies.study_time import (
    may_confirm_time,
    may_let_go_of_time,
    may_plan_time,
    may_read_why,
    may_take_time_back,
)
from courses.selectors.session_time import session_days
from courses.selectors.study_time import Balances, Pocket, balances_of, moves_of


class Act(StrEnum):
    """What can be done about time on the page of a place."""

    PLAN = "plan"
    CONFIRM = "confirm"
    LET_GO = "let_go"
    PUT_RIGHT = "put_right"
    TAKE_BACK = "take_back"
    REARRANGE = "rearrange"
    COVER = "cover"
    SETTLE_COVER = "settle_cover"


@dataclass(frozen=True, slots=True)
class StudyTimePage:
    """``may``: what the reader may do at all; ``offered``: the hours each of it can be done to
    now."""

    enrolment: Enrolment
    balances: Balances
    moves: Sequence[StudyTimeMove]
    may: frozenset[Act]
    offered: Mapping[Act, tuple[Pocket, ...]]
    covers: tuple[Backfill, ...]
    is_own: bool
    reads_why: bool


def study_time_page(enrolment: Enrolment, *, actor: Actor, on: date) -> StudyTimePage:
    """What ``actor`` sees of the time of ``enrolment`` (from ``enrolments_with_time``)."""
    relations = relations_to(actor, enrolment.person, on=on)
    roles = roles_at(actor, enrolment.organisation_id, on=on)
    has_line_manager = line_manager_of(enrolment.person, on=on) is not None
    may: dict[Act, bool] = {
        Act.PLAN: may_plan_time(relations),
        Act.CONFIRM: may_confirm_time(relations),
        Act.LET_GO: may_let_go_of_time(relations),
        Act.PUT_RIGHT: may_confirm_time(relations),
        **dict.fromkeys(
            (Act.TAKE_BACK, Act.REARRANGE, Act.COVER, Act.SETTLE_COVER),
            may_take_time_back(relations, roles, has_line_manager=has_line_manager),
        ),
    }
    balances = balances_of(enrolment.pk)
    covers = tuple(
        Backfill.objects.visible_to(actor, on=on).filter(enrolment=enrolment).order_by("on_day")
    )
    hours = hours_for(enrolment, balances, covers, on=on)
    return StudyTimePage(
        enrolment=enrolment,
        balances=balances,
        moves=moves_of(enrolment, actor=actor, on=on),
        may=frozenset(act for act in Act if may[act]),
        offered={act: hours[act] for act in Act if may[act] and hours[act]},
        covers=covers,
        is_own=may[Act.PLAN],
        reads_why=may_read_why(relations),
    )


def hours_for(
    enrolment: Enrolment, balances: Balances, covers: Sequence[Backfill], *, on: date
) -> dict[Act, tuple[Pocket, ...]]:
    """The hours that each act can be done to. Those of the session itself are answered by its
    register, so the person neither plans nor confirms them; cover is asked for once a day."""
    of_session = session_days(enrolment.session)

    def own(pockets: Sequence[Pocket]) -> tuple[Pocket, ...]:
        return tuple(pocket for pocket in pockets if pocket.on not in of_session)

    covered = {cover.on_day for cover in covers}
    planned, owed = balances.days(Account.PLANNED), balances.days(Account.OWED)
    unplanned = (Pocket(Account.PLANNED, None, balances.unplanned),) if balances.unplanned else ()
    return {
        Act.PLAN: (*unplanned, *own(planned)),
        Act.CONFIRM: (*own(balances.unanswered(on=on)), *unplanned, *owed),
        Act.LET_GO: (*unplanned, *planned, *owed),
        Act.PUT_RIGHT: own(balances.days(Account.DELIVERED)),
        Act.TAKE_BACK: planned,
        Act.REARRANGE: owed,
        Act.COVER: tuple(p for p in planned if p.on not in covered),
        Act.SETTLE_COVER: tuple(
            Pocket(Account.PLANNED, cover.on_day, cover.minutes)
            for cover in covers
            if BACKFILL_WORKFLOW.available(current=cover.state)
        ),
    }
