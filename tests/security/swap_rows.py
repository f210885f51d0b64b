"""A swap that a person is asked for, and a course they are told about, in every town."""

from datetime import timedelta

from django.db.models import Model

from accounts.models import Person
from courses.models import Interest, Offering
from tests.factories.clock import NOW
from tests.factories.courses import STARTS, SessionFactory, seated
from tests.factories.swaps import asked

_DAY = timedelta(days=1)


def swap_rows(offering: Offering, person: Person) -> dict[str, Model]:
    """``person`` has a place on a session, which somebody on a session of the day after it wants.

    Both are on days on which nobody has another place, before all others, so that they are among
    those that a page lists; and closed, so that they are not where people are sent to instead.
    """
    sessions = [
        SessionFactory(
            offering=offering, starts_at=STARTS - days * _DAY, closes_at=NOW - timedelta(hours=1)
        )
        for days in (31, 30)
    ]
    mine, theirs = (seated(sessions[0], 1, person=person), seated(sessions[1], 1))
    Interest.objects.create(person=person, programme=offering.programme, since_at=NOW)
    return {"swap_place": mine, "swap": asked(theirs, mine)}
