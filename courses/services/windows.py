"""Changing when people can ask for a place on a session and give one up, and what it takes to
run."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Event
from accounts.services.ledger import record
from common.dates import long_moment
from common.errors import Conflict
from courses.models import EnrolmentState, Session
from courses.services.notices import tell_everybody_on, tell_of_change
from courses.services.offer_ends import end_offers_in_time
from courses.services.seats import lock_session, refuse_when_settled
from courses.services.sessions import refuse_unless_runs

_HOLDS_A_PLACE = (EnrolmentState.CONFIRMED,)


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """Until when people can ask and withdraw, and what it takes to run. Without ``opens_at`` they
    can ask at once; without ``offer_hours`` the course says how long an offer is held."""

    closes_at: datetime
    place: str
    minimum: int = 1
    opens_at: datetime | None = None
    withdraw_by: datetime | None = None
    offer_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something of a plan that cannot be, and where it was typed."""

    field: str
    sentence: str
    code: str = "times_out_of_order"


@transaction.atomic
def change_window(*, session: Session, plan: WindowPlan, by: Actor, now: datetime) -> Session:
    """Set the window of an open session; whoever has a place is told of another last moment to
    give it up, and everybody on it of another place. What stays as it was tells nobody anything.

    Refuses: ``may_not_run``, ``session_not_open``, ``session_started``, ``times_out_of_order``,
    ``minimum_above_places``.
    """
    session = lock_session(session.pk)
    refuse_unless_runs(session.offering, by=by, now=now)
    refuse_when_settled(session, now=now)
    for mistake in mistakes_in(plan, session=session, now=now):
        raise Conflict(f"{mistake.sentence}.", code=mistake.code)
    changed = [part.name for part in fields(plan) if _differs(session, plan, part.name)]
    if not changed:
        return session
    for name in changed:
        setattr(session, name, getattr(plan, name))
    session.revision += int("place" in changed)
    session.save(update_fields=[*changed, "revision"])
    end_offers_in_time(session)
    event = _record(session, changed, by=by, now=now)
    _tell(session, changed, event=event, now=now)
    return session


def mistakes_in(plan: WindowPlan, *, session: Session, now: datetime) -> Iterator[Mistake]:
    """What of ``plan`` cannot be: as moments that do not follow each other, or that are over. A
    moment that stays as it is may be over."""
    if plan.closes_at > session.starts_at:
        yield Mistake(
            "closes_on",
            _("Last day to ask for a place must not be after the session starts, on %(when)s")
            % {"when": long_moment(session.starts_at)},
        )
    elif _differs(session, plan, "closes_at") and plan.closes_at <= now:
        yield Mistake("closes_on", _("Last day to ask for a place must be in the future"))
    yield from _mistakes_about_opening(plan, session=session, now=now)
    if plan.withdraw_by and plan.withdraw_by > session.starts_at:
        yield Mistake(
            "withdraw_on",
            _("Last day to withdraw must be before the session starts, on %(when)s")
            % {"when": long_moment(session.starts_at)},
        )
    elif plan.withdraw_by and _differs(session, plan, "withdraw_by") and plan.withdraw_by <= now:
        yield Mistake("withdraw_on", _("Last day to withdraw must be in the future"))
    if not 1 <= plan.minimum <= session.capacity:
        yield Mistake(
            "minimum",
            _("People it takes to run must not be more than the %(count)d places")
            % {"count": session.capacity},
            "minimum_above_places",
        )


def _mistakes_about_opening(
    plan: WindowPlan, *, session: Session, now: datetime
) -> Iterator[Mistake]:
    if plan.opens_at is None:
        return
    if plan.opens_at >= plan.closes_at:
        yield Mistake("opens_on", _("First day to ask for a place must be before the last"))
    elif _differs(session, plan, "opens_at") and plan.opens_at <= now:
        yield Mistake(
            "opens_on",
            _("Enter a first day to ask for a place in the future, or none if people can ask now"),
        )


def _differs(session: Session, plan: WindowPlan, name: str) -> bool:
    return bool(getattr(session, name) != getattr(plan, name))


def _record(session: Session, changed: list[str], *, by: Actor, now: datetime) -> Event:
    facts: dict[str, Any] = {"changed": changed}
    for name in changed:
        value = getattr(session, name)
        if isinstance(value, datetime):
            facts[name] = value.isoformat()
        elif name != "place":
            facts[name] = value
    return record(
        by=by,
        now=now,
        verb="change_window",
        about=session,
        rule="may_run",
        organisation_id=session.offering.host_id,
        facts=facts,
    )


def _tell(session: Session, changed: list[str], *, event: Event, now: datetime) -> None:
    if "place" in changed:
        tell_of_change(session, now=now)
    if "withdraw_by" in changed:
        tell_everybody_on(
            session,
            rule="courses.withdrawal_changed",
            # Each change is told, also back to what was told before.
            subject_key=f"session:{session.pk}:withdrawal:{event.pk}",
            states=_HOLDS_A_PLACE,
            now=now,
            facts={"until": session.withdrawal_ends_at.isoformat()},
        )
