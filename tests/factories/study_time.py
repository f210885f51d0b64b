"""Protected time as tests need it: a place with hours, and pockets to move."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from accounts.actors import SystemJob
from accounts.models import Person
from courses.models import Account, Enrolment, Session, StudyTimeMove
from courses.selectors.study_time import Pocket, balances_of
from courses.services.study_time import Why, plan_time, take_time_back
from courses.services.study_time_follows import promise_time
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, colleague_of, seated

SYSTEM = SystemJob("tests", organisation_ids=None)
SESSION_DAY = date(2027, 1, 14)
A_DAY = date(2026, 12, 3)
STAFFING = Why("STAFFING", "Two nurses rang in sick.")


def promised(
    *, session: Session | None = None, manager: Person | None = None, seat: int = 1, **post: Any
) -> Enrolment:
    """A place with 12 hours: 6 on the day of the session, 6 to be planned by the person."""
    session = session or SessionFactory()
    employment = {"manager": manager, **post} if manager else post
    enrolment = seated(session, seat, person=colleague_of(session, **employment))
    with transaction.atomic():
        promise_time([enrolment], by=SYSTEM, now=NOW)
    return enrolment


def planned(enrolment: Enrolment, *, day: date = A_DAY, minutes: int = 180) -> Enrolment:
    """Some of the person's own study is planned for a day."""
    plan_time(
        enrolment=enrolment,
        pocket=Pocket(Account.PLANNED, None, minutes),
        day=day,
        by=enrolment.person,
        now=NOW - max(timedelta(), TODAY - day),
    )
    return enrolment


def taken_back(
    enrolment: Enrolment, *, by: Person, day: date = A_DAY, minutes: int = 180
) -> Enrolment:
    """Hours planned for a day were taken back, and are owed since."""
    planned(enrolment, day=day, minutes=minutes)
    pocket = Pocket(Account.PLANNED, day, minutes)
    take_time_back(enrolment=enrolment, pocket=pocket, why=STAFFING, by=by, now=NOW)
    return enrolment


def stands(enrolment: Enrolment) -> dict[tuple[str, str], int]:
    """(account, day) -> minutes, of everything but the pledge."""
    held = balances_of(enrolment.pk)
    assert held.is_balanced
    return {
        (str(pocket.account), pocket.on.isoformat() if pocket.on else ""): pocket.minutes
        for pocket in held.pockets
        if pocket.account != Account.PLEDGE
    }


def timed(
    enrolment: Enrolment,
    *,
    had: date | None = None,
    back: date | None = None,
    unanswered: date | None = None,
) -> Enrolment:
    """An hour that was had, one that was taken back, and one nobody has answered for, on days."""
    given = {
        "enrolment": enrolment,
        "person": enrolment.person,
        "organisation": enrolment.organisation,
        "minutes": 60,
        "moved_at": NOW,
    }
    steps = (("DELIVERED", had, ""), ("OWED", back, "STAFFING"), ("", unanswered, ""))
    for target, day, reason in steps:
        if day is None:
            continue
        StudyTimeMove.objects.create(**given, source="PLEDGE", target="PLANNED", target_on=day)
        if target:
            on = {"source_on": day, "target_on": day}
            StudyTimeMove.objects.create(
                **given, source="PLANNED", target=target, reason=reason, **on
            )
    return enrolment
