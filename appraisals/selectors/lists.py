"""Lists of appraisals: one's own, those one holds as line manager, and how far everybody is."""

from datetime import date

from accounts.actors import Actor
from accounts.models import Person
from appraisals.models import Appraisal, Cycle
from appraisals.models.appraisals import AppraisalQuerySet


def own_appraisals(*, actor: Person, on: date) -> AppraisalQuerySet:
    """Those about the actor, the newest first."""
    rows = Appraisal.objects.visible_to(actor, on=on).filter(subject_id=actor.pk)
    return rows.with_people().order_by("-due_on", "-pk")


def held_appraisals(*, actor: Person, on: date) -> AppraisalQuerySet:
    """Those the actor holds as line manager: open ones by due day, then signed ones."""
    rows = Appraisal.objects.visible_to(actor, on=on).filter(appraiser_id=actor.pk)
    return rows.with_people().order_by("state", "due_on", "pk")


def statuses(
    *, actor: Actor, on: date, cycle: Cycle | None = None, state: str = ""
) -> AppraisalQuerySet:
    """How far every appraisal is that the actor may see; what they say is nowhere near."""
    rows = Appraisal.objects.visible_to(actor, on=on)
    if cycle:
        rows = rows.filter(cycle=cycle)
    if state:
        rows = rows.filter(state=state)
    return rows.with_people().order_by(
        "due_on", "subject__family_name", "subject__given_name", "pk"
    )
