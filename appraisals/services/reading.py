"""Opening a development plan of somebody whose line manager one is not: the person can see it."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Event, Person
from accounts.selectors.relations import Relation, main_organisation_id, relations_to
from accounts.services.reading import record_reading
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
