"""Planning protected time, saying that it was had, taking it back, and arranging another day."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.selectors.relations import line_manager_of, relations_to, roles_at
from accounts.services.ledger import record
from common.dates import london_date, spoken_minutes
from common.errors import Conflict, Forbidden
from courses.models import (
    GIVEN_UP_STATES,
    TIME_STEPS,
    TIME_TAKEN_BACK,
    Account,
    Enrolment,
    StudyTimeMove,
)
from courses.policies.study_time import (
    may_confirm_time,
    may_let_go_of_time,
    may_plan_time,
    may_take_time_back,
)
from courses.selectors.session_time import is_day_of
from courses.selectors.study_time import Pocket, balances_of
from courses.services.study_time_follows import move_row
from courses.services.study_time_notices import (
    tell_of_cover_without_time,
    tell_of_new_day,
    tell_of_taking_back,
)

# Longer than anybody studies on a day: a slip of whoever types.
MOST_ON_A_DAY = 12 * 60


@dataclass(frozen=True, slots=True)
class Why:
    """Why time is taken back: a reason from the list, and an explanation for the person."""

    reason: str
    text: str


@transaction.atomic
def plan_time(
    *, enrolment: Enrolment, pocket: Pocket, day: date, by: Actor, now: datetime
) -> StudyTimeMove:
    """Plan study of one's own for ``day``: what is on no day yet, or is on another.

    Refuses: ``may_not_plan_time``, ``day_of_the_session``, ``day_in_the_past``, ``same_day``,
    ``too_much_for_a_day``, ``not_so_much_time``.
    """
    enrolment = _lock(enrolment.pk)
    if not may_plan_time(relations_to(by, enrolment.person, on=london_date(now))):
        raise Forbidden(_("Only the person plans their own study."), code="may_not_plan_time")
    _refuse_day_of_session(enrolment, pocket.on)
    _refuse_unless_free(enrolment, pocket, day, now=now)
    return _move(enrolment, "plan", pocket, day=day, by=by, now=now)


@transaction.atomic
def confirm_time(
    *, enrolment: Enrolment, pocket: Pocket, had_on: date, by: Actor, now: datetime
) -> StudyTimeMove:
    """Say that time which was planned, or owed, was had on a day.

    Refuses: ``may_not_confirm_time``, ``register_confirms`` for the hours of the session itself,
    ``day_to_come``, ``too_much_for_a_day``, ``not_so_much_time``.
    """
    enrolment = _lock(enrolment.pk)
    relations = relations_to(by, enrolment.person, on=london_date(now))
    if not may_confirm_time(relations):
        raise Forbidden(
            _("Only the person, or the rostering system, can say that time was had."),
            code="may_not_confirm_time",
        )
    is_own = "SELF" in relations
    if is_own and pocket.account == Account.PLANNED and _is_of_session(enrolment, pocket.on):
        raise Conflict(
            _("The register of the session says whether you had these hours."),
            code="register_confirms",
        )
    _refuse_day_to_come(had_on, now=now)
    _refuse_too_much(pocket)
    step = "confirm_owed" if pocket.account == Account.OWED else "confirm"
    return _move(enrolment, step, pocket, day=had_on, by=by, now=now)


@transaction.atomic
def take_time_back(
    *, enrolment: Enrolment, pocket: Pocket, why: Why, by: Actor, now: datetime
) -> StudyTimeMove:
    """Take planned time back because the service needs the person: it is owed from then on, and
    the person is told why and what they can do.

    Refuses: ``may_not_take_time_back``, ``reason_missing``, ``not_so_much_time``.
    """
    enrolment = _lock(enrolment.pk)
    _refuse_unless_may_take_back(enrolment, by=by, now=now)
    if why.reason not in TIME_TAKEN_BACK or not why.text.strip():
        raise Conflict(
            _("Give a reason and explain it, so that the person knows why."), code="reason_missing"
        )
    if pocket.on is None:
        raise Conflict(
            _("This time is not planned for a day, so there is nothing to take back."),
            code="not_so_much_time",
        )
    move = _move(enrolment, "take_back", pocket, day=pocket.on, by=by, now=now, why=why)
    tell_of_taking_back(enrolment, move, now=now)
    return move


@transaction.atomic
def rearrange_time(
    *, enrolment: Enrolment, pocket: Pocket, day: date, by: Actor, now: datetime
) -> StudyTimeMove:
    """Arrange another day for time that is owed; the person is told.

    Refuses: ``may_not_take_time_back``, ``day_of_the_session``, ``day_in_the_past``,
    ``too_much_for_a_day``, ``not_so_much_time``.
    """
    enrolment = _lock(enrolment.pk)
    _refuse_unless_may_take_back(enrolment, by=by, now=now)
    _refuse_unless_free(enrolment, pocket, day, now=now)
    move = _move(enrolment, "rearrange", pocket, day=day, by=by, now=now)
    tell_of_new_day(enrolment, move, now=now)
    return move


@transaction.atomic
def let_go_of_own_time(
    *, enrolment: Enrolment, pocket: Pocket, by: Actor, now: datetime
) -> StudyTimeMove:
    """Give up time that is planned or owed: only whose it is can agree to that.

    Refuses: ``may_not_let_go``, ``not_so_much_time``.
    """
    enrolment = _lock(enrolment.pk)
    if not may_let_go_of_time(relations_to(by, enrolment.person, on=london_date(now))):
        raise Forbidden(
            _("Only the person can let go of time that was promised to them."),
            code="may_not_let_go",
        )
    step = "let_go_owed" if pocket.account == Account.OWED else "let_go"
    agreed = Why("AGREED", "")
    return _move(enrolment, step, pocket, day=london_date(now), by=by, now=now, why=agreed)


@transaction.atomic
def put_time_right(
    *, enrolment: Enrolment, pocket: Pocket, by: Actor, now: datetime
) -> StudyTimeMove:
    """Take back that time was had: it is planned for that day again, and what became of it is yet
    to be said.

    Refuses: ``may_not_confirm_time``, ``place_given_up``,
    ``register_confirms``, ``not_so_much_time``.
    """
    enrolment = _lock(enrolment.pk)
    relations = relations_to(by, enrolment.person, on=london_date(now))
    if not may_confirm_time(relations):
        raise Forbidden(
            _("Only whoever can say that time was had can take that back."),
            code="may_not_confirm_time",
        )
    if enrolment.state in GIVEN_UP_STATES:
        raise Conflict(
            _("This place was given up, so the time that was had of it stays as it is."),
            code="place_given_up",
        )
    if "SELF" in relations and _is_of_session(enrolment, pocket.on):
        raise Conflict(
            _("The register of the session says whether you had these hours."),
            code="register_confirms",
        )
    return _move(enrolment, "put_right", pocket, day=pocket.on, by=by, now=now)


def refuse_unless_held(*, enrolment: Enrolment, pocket: Pocket) -> None:
    """Hold the place, and refuse with ``time_has_moved`` unless ``pocket`` is what stands there.

    Programs send a request again when they do not know whether it arrived.
    """
    held = balances_of(_lock(enrolment.pk).pk).held(pocket.account, pocket.on)
    if held != pocket.minutes:
        raise Conflict(
            _("Other minutes stand on that day by now. Read them again before you send this."),
            code="time_has_moved",
        )


_VERBS = {
    "plan": "plan_time",
    "confirm": "confirm_time",
    "confirm_owed": "confirm_time",
    "take_back": "take_time_back",
    "rearrange": "rearrange_time",
    "let_go": "let_go_of_time",
    "let_go_owed": "let_go_of_time",
    "put_right": "put_time_right",
}


def _lock(enrolment_id: int) -> Enrolment:
    """Whoever moves time of a place queues at its row, so nobody moves the same minutes twice."""
    rows = Enrolment.objects.select_for_update(of=("self",))
    return rows.select_related("person", "session__offering__programme").get(pk=enrolment_id)


def _move(
    enrolment: Enrolment,
    step: str,
    pocket: Pocket,
    *,
    day: date | None,
    by: Actor,
    now: datetime,
    why: Why = Why("", ""),
) -> StudyTimeMove:
    _refuse_unless_there(enrolment, step, pocket)
    reason, text = why.reason, why.text.strip()
    move = move_row(
        enrolment, step=step, pocket=pocket, day=day, by=by, now=now, reason=reason, text=text
    )
    move.save(force_insert=True)
    record(
        by=by,
        now=now,
        verb=_VERBS[step],
        about=enrolment,
        rule=_VERBS[step],
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={"minutes": move.minutes, **_days(move), **({"reason": reason} if reason else {})},
        private={"text": text} if text else {},
    )
    tell_of_cover_without_time([move], by=by, now=now)
    return move


def _days(move: StudyTimeMove) -> dict[str, str]:
    days = {"from": move.source_on, "to": move.target_on}
    return {name: day.isoformat() for name, day in days.items() if day}


def _refuse_unless_there(enrolment: Enrolment, step: str, pocket: Pocket) -> None:
    held = balances_of(enrolment.pk).held(TIME_STEPS[step].source, pocket.on)
    if pocket.minutes < 1 or pocket.minutes > held:
        raise Conflict(
            _("Of this time %(held)s are left on that day. Load the page again to see where it is.")
            % {"held": spoken_minutes(held)},
            code="not_so_much_time",
        )


def _refuse_unless_may_take_back(enrolment: Enrolment, *, by: Actor, now: datetime) -> None:
    today, person = london_date(now), enrolment.person
    has_line_manager = line_manager_of(person, on=today) is not None
    relations = relations_to(by, person, on=today)
    roles = roles_at(by, enrolment.organisation_id, on=today)
    if not may_take_time_back(relations, roles, has_line_manager=has_line_manager):
        raise Forbidden(
            _("Only the line manager of the person can change the days of their protected time."),
            code="may_not_take_time_back",
        )


def _is_of_session(enrolment: Enrolment, day: date | None) -> bool:
    return day is not None and is_day_of(enrolment.session, day)


def _refuse_day_of_session(enrolment: Enrolment, day: date | None) -> None:
    if _is_of_session(enrolment, day):
        raise Conflict(
            _("The session itself is on that day. Plan your own study for another one."),
            code="day_of_the_session",
        )


def _refuse_unless_free(enrolment: Enrolment, pocket: Pocket, day: date, *, now: datetime) -> None:
    """``day`` can be planned for: it is to come, another one, and not the session's."""
    if day < london_date(now):
        raise Conflict(_("Select today or a day to come."), code="day_in_the_past")
    if pocket.account == Account.PLANNED and day == pocket.on:
        raise Conflict(_("The time is planned for that day already."), code="same_day")
    _refuse_day_of_session(enrolment, day)
    planned = balances_of(enrolment.pk).held(Account.PLANNED, day)
    _refuse_too_much(Pocket(Account.PLANNED, day, planned + pocket.minutes))


def _refuse_too_much(pocket: Pocket) -> None:
    if pocket.minutes > MOST_ON_A_DAY:
        raise Conflict(
            _("That would be more than %(most)s on one day. Choose fewer hours or another day.")
            % {"most": spoken_minutes(MOST_ON_A_DAY)},
            code="too_much_for_a_day",
        )


def _refuse_day_to_come(day: date, *, now: datetime) -> None:
    if day > london_date(now):
        raise Conflict(
            _("That day is yet to come. Confirm the time once you have had it."),
            code="day_to_come",
        )
