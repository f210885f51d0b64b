"""Protected time of which some is planned and some is owed, and the rules by which it is kept."""

from datetime import date
from typing import Any

from accounts.models import Person
from courses.models import (
    Backfill,
    BackfillRate,
    Offering,
    StudyTimeMove,
    StudyTimeRule,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, seated

PLANNED_FOR, OWED_SINCE = date(2026, 12, 3), date(2026, 10, 6)


def study_time_rows(offering: Offering, person: Person, why: str) -> dict[str, Any]:
    """A place of ``person`` with an hour planned, one owed (``why`` says why) and cover for one."""
    place = seated(SessionFactory(offering=offering), 1, person=person)
    given = {"enrolment": place, "person": person, "organisation": place.organisation}

    def move(source: str, target: str, **fields: Any) -> None:
        StudyTimeMove.objects.create(
            **given, source=source, target=target, minutes=60, moved_at=NOW, **fields
        )

    for day in (PLANNED_FOR, OWED_SINCE):
        move("PLEDGE", "PLANNED", target_on=day)
    owed = {"source_on": OWED_SINCE, "target_on": OWED_SINCE}
    move("PLANNED", "OWED", **owed, reason="STAFFING", text=why)
    cover = Backfill.objects.create(**given, on_day=PLANNED_FOR, minutes=60, asked_at=NOW)
    dated = {"organisation": place.organisation, "starts_on": TODAY}
    StudyTimeRule.objects.get_or_create(**dated, defaults={"remind_days": 28, "escalate_days": 56})
    BackfillRate.objects.get_or_create(**dated, band="7", defaults={"pence_per_hour": 2_890})
    return {"study_time": place, "cover": cover}
