"""Telling people what becomes of the time that was promised to them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from accounts.actors import Actor, SystemJob
from accounts.scope import lifted
from common.dates import london_date
from courses.models import Account, Backfill, BackfillState, Enrolment, StudyTimeMove
from courses.selectors.deciders import deciders_of
from courses.selectors.study_time import balances_where
from notifications.services.notices import News, notify, notify_each

# Who asked, and who manages now, is not for whoever moves the time to see.
TELLER = SystemJob("courses.tell_of_cover", organisation_ids=None)
_LOOKED_FOR = (BackfillState.WANTED, BackfillState.ARRANGED)
_STILL_THERE = (Account.PLANNED, Account.DELIVERED)


def tell_of_taking_back(enrolment: Enrolment, move: StudyTimeMove, *, now: datetime) -> None:
    """The explanation stands on the page the notice leads to: it is never copied into a notice."""
    _tell(enrolment, move, rule="courses.time_taken_back", now=now)


def tell_of_new_day(enrolment: Enrolment, move: StudyTimeMove, *, now: datetime) -> None:
    _tell(enrolment, move, rule="courses.time_rearranged", now=now)


def tell_of_cover_without_time(moves: Iterable[StudyTimeMove], *, by: Actor, now: datetime) -> None:
    """Tell whoever asked for cover of a day to come that ``moves``, which are written, have left
    the person no time on it. What becomes of the cover is theirs to say: a shift may be booked.

    One statement where no cover was asked for.
    """
    today = london_date(now)
    left = {
        (move.enrolment_id, move.source_on): move.pk
        for move in moves
        if move.source == Account.PLANNED and move.source_on and move.source_on >= today
    }
    if not left:
        return
    rows = Backfill.objects.filter(
        enrolment_id__in={enrolment_id for enrolment_id, _day in left},
        on_day__in={day for _enrolment_id, day in left},
        state__in=_LOOKED_FOR,
    )
    asked = [
        row
        for row in rows.select_related("person", "enrolment__session__offering__programme")
        if (row.enrolment_id, row.on_day) in left
    ]
    if asked:
        with lifted(TELLER):
            news = list(_without_time(asked, left, by=by, on=today))
            notify_each(news, rule="courses.cover_without_time", now=now)


def _without_time(
    asked: list[Backfill], left: Mapping[tuple[int, date], int], *, by: Actor, on: date
) -> Iterator[News]:
    """A place that somebody moves to, or another course, may hold time on the same day."""
    there = balances_where(
        "person_id = ANY(%(people)s)", people=list({row.person_id for row in asked})
    )
    whose = Enrolment.objects.filter(pk__in=there).values_list("pk", "person_id")
    days = {
        (person_id, pocket.on)
        for pk, person_id in whose
        for pocket in there[pk].pockets
        if pocket.account in _STILL_THERE
    }
    for row in asked:
        if (row.person_id, row.on_day) in days:
            continue
        facts = {
            "programme": row.enrolment.session.offering.programme.title,
            "person": row.person.full_name,
            "minutes": row.minutes,
            "day": row.on_day.isoformat(),
        }
        move_id = left[row.enrolment_id, row.on_day]
        for recipient_id in _who_settles(row, by=by, on=on):
            yield News(
                recipient_id=recipient_id,
                subject_key=f"enrolment:{row.enrolment_id}:cover:{move_id}",
                url=reverse("courses:study_time_show", args=[row.enrolment_id]),
                facts=facts,
            )


def _who_settles(row: Backfill, *, by: Actor, on: date) -> list[int]:
    """Whoever asked, if they may still say what becomes of it, else whoever may; nobody is told of
    what they did themselves."""
    may = [each.pk for each in deciders_of(row.person, organisation_id=row.organisation_id, on=on)]
    told = [row.asked_by_id] if row.asked_by_id in may else may
    return [pk for pk in told if pk and not (by.actor_kind == "person" and pk == by.pk)]


def _tell(enrolment: Enrolment, move: StudyTimeMove, *, rule: str, now: datetime) -> None:
    facts: dict[str, Any] = {
        "programme": enrolment.session.offering.programme.title,
        "minutes": move.minutes,
        "day": (move.target_on or move.source_on or now.date()).isoformat(),
    }
    notify(
        recipient=enrolment.person,
        rule=rule,
        subject_key=f"enrolment:{enrolment.pk}:time:{move.pk}",
        url=reverse("courses:study_time_show", args=[enrolment.pk]),
        now=now,
        facts=facts,
    )
