"""Opening a development plan of somebody whose line manager one is not: the person can see it."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Assignment, BoardSeat, Event, Person, ReportingLine
from accounts.selectors.relations import Relation, main_organisation_id, relations_to
from accounts.services.ledger import EventFields
from accounts.services.reading import record_reading, record_readings
from accounts.visibility import Standing, standing
from appraisals.models import DevelopmentPlan
from common.dates import london_date

READ_PLAN = "read_plan"
# Between the two whose it is nothing is written down.
PARTIES = {Relation.SELF, Relation.LINE_MANAGER}
# Through what somebody else sees a plan, the nearest first.
THROUGH = (
    Relation.SECOND_LINE,
    Relation.SUPERVISOR,
    Relation.DELEGATE,
    Relation.LEARNING_LEAD,
    Relation.HR_ADMINISTRATOR,
    Relation.ORGANISATION_ADMINISTRATOR,
    Relation.AUDITOR,
    Relation.API_CLIENT,
)


@transaction.atomic
def open_plan(*, plan: DevelopmentPlan, by: Actor, now: datetime) -> Event | None:
    """Record that ``by`` read ``plan``, once a day; the person and the line manager leave no trace.

    ``by`` has been found to see the plan already.
    """
    if isinstance(by, Person) and by.pk == plan.person_id:
        return None
    relations = relations_to(by, plan.person, on=london_date(now))
    if relations & PARTIES:
        return None
    through = next((relation for relation in THROUGH if relation in relations), None)
    return record_reading(
        parties=(plan.person_id,),
        by=by,
        now=now,
        verb=READ_PLAN,
        about=plan,
        rule="visible_to",
        organisation_id=main_organisation_id(plan.person, on=london_date(now)),
        subject_id=plan.person_id,
        facts={"as": through.value if through else ""},
    )


@transaction.atomic
def open_listed_plans(*, plans: Iterable[DevelopmentPlan], by: Actor, now: datetime) -> list[Event]:
    """The same for a list of them, which tells titles and the roles that people work towards.

    The number of statements does not grow with the list. ``by`` has been found to see them all.
    """
    on = london_date(now)
    others = _of_others(plans, by=by, on=on)
    places = _main_organisations({plan.person_id for plan in others}, on=on)
    place = standing(by, on=on)
    return record_readings(
        [
            EventFields(
                by=by,
                now=now,
                verb=READ_PLAN,
                about=plan,
                rule="visible_to",
                organisation_id=places.get(plan.person_id),
                subject_id=plan.person_id,
                facts={"as": _seen_as(plan.person_id, by=by, place=place)},
            )
            for plan in others
        ]
    )


def _of_others(plans: Iterable[DevelopmentPlan], *, by: Actor, on: date) -> list[DevelopmentPlan]:
    """Without one's own, and those of the people whose line manager one is."""
    if not isinstance(by, Person):
        return list(plans)
    found = [plan for plan in plans if plan.person_id != by.pk]
    lines = ReportingLine.objects.on(on).filter(
        manager=by, kind="LINE_MANAGER", person__in=[plan.person_id for plan in found]
    )
    reports = set(lines.values_list("person_id", flat=True))
    return [plan for plan in found if plan.person_id not in reports]


def _main_organisations(people: Collection[int], *, on: date) -> dict[int, int]:
    """Where each of ``people`` belongs: the longest-held assignment, else the board seat."""
    found: dict[int, int] = {}
    for held in (Assignment, BoardSeat):
        rows = held.objects.on(on).filter(person__in=people).order_by("starts_on", "pk")
        for person_id, organisation_id in rows.values_list("person_id", "organisation_id"):
            found.setdefault(person_id, organisation_id)
    return found


def _seen_as(person_id: int, *, by: Actor, place: Standing) -> str:
    if by.actor_kind == "client":
        return Relation.API_CLIENT.value
    for relation in THROUGH:
        if relation in place.granted or person_id in (place.ties.get(relation) or ()):
            return relation.value
    return ""
