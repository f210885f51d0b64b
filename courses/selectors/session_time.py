"""On which days a session meets, for how long, and who was away on which of them: what of the
promised time is spent there."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db.models import prefetch_related_objects

from common.dates import london_date
from courses.models import THERE, Enrolment, Session
from courses.selectors.registers import marks_of


def with_meetings(enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """The same places, with the meetings of their sessions read at once."""
    rows = list(enrolments)
    prefetch_related_objects(rows, "session__meetings")
    return rows


def session_days(session: Session) -> dict[date, int]:
    """Day in London -> minutes of meetings that begin on it; the first day first."""
    found: Counter[date] = Counter()
    for meeting in session.meetings.all():
        length = meeting.ends_at - meeting.starts_at
        found[london_date(meeting.starts_at)] += int(length.total_seconds() // 60)
    return dict(sorted(found.items()))


def shared_out(session: Session, minutes: int) -> dict[date | None, int]:
    """``minutes`` of promised time by day: the days of the session first, until none is left; what
    is left over is for study on days that the person chooses (None)."""
    found: dict[date | None, int] = {}
    for day, length in session_days(session).items():
        if minutes <= 0:
            break
        found[day] = min(length, minutes)
        minutes -= found[day]
    if minutes > 0:
        found[None] = minutes
    return found


def is_day_of(session: Session, day: date) -> bool:
    return day in session_days(session)


def days_away(enrolments: Iterable[Enrolment]) -> dict[int, frozenset[date]]:
    """Enrolment -> the days of the session on which whatever is marked of them says that they were
    away; who has none is left out. Two statements for any number."""
    rows = with_meetings(enrolments)
    marks = marks_of(rows)
    found: dict[int, frozenset[date]] = {}
    for row in rows:
        there: dict[date, bool] = {}
        for meeting in row.session.meetings.all():
            mark = marks.get(row.pk, {}).get(meeting.starts_at)
            if mark:
                day = london_date(meeting.starts_at)
                there[day] = there.get(day, False) or mark.mark in THERE
        if not all(there.values()):
            found[row.pk] = frozenset(day for day, came in there.items() if not came)
    return found
