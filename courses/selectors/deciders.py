"""Who decides about requests: line managers and their stand-ins, and learning leads where there is
no line manager."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor
from accounts.models import Person, ReportingKind, ReportingLine, Role, RoleGrant
from accounts.selectors.delegations import stand_ins_of
from accounts.selectors.relations import line_manager_of
from accounts.visibility import members_of, standing, tied_to
from courses.models import Enrolment, EnrolmentQuerySet, EnrolmentState

DECIDES = ("LINE_MANAGER", "DELEGATE")


def deciders_of(person: Person, *, organisation_id: int, on: date) -> list[Person]:
    """Whom to ask about a request of ``person``: the line manager of record and whoever stands in,
    else the learning leads of the organisation they go for, else those of the organisations
    above."""
    manager = line_manager_of(person, on=on)
    if manager:
        stand_ins = stand_ins_of([person.pk], on=on).get(person.pk, [])
        return [manager, *Person.objects.filter(pk__in=stand_ins).order_by("pk")]
    leads = RoleGrant.objects.on(on).filter(role=Role.LEARNING_LEAD).exclude(person=person)
    leads = leads.select_related("person").order_by("person_id").distinct("person_id")
    for organisation_ids in ({organisation_id}, standing(person, on=on).above_ids):
        found = [row.person for row in leads.filter(organisation_id__in=organisation_ids)]
        if found:
            return found
    return []


def requests_to_decide(actor: Actor, *, on: date) -> EnrolmentQuerySet:
    """The requests that wait for ``actor``, the longest-waiting first."""
    if not isinstance(actor, Person):
        return Enrolment.objects.none()
    place = standing(actor, on=on)
    leads = place.covered_by(Role.LEARNING_LEAD)
    if not place.has(*DECIDES) and not leads:
        return Enrolment.objects.none()
    theirs = tied_to(actor, on=on, field="person_id", ties=DECIDES)
    if leads:
        here = members_of(leads, on=on, prefix="person__") & leads.within("organisation_id")
        theirs |= _unmanaged(on=on) & here
    return (
        Enrolment.objects.visible_to(actor, on=on)
        .filter(theirs, state=EnrolmentState.REQUESTED)
        .exclude(person_id=actor.pk)
        .select_related("person", "organisation", "session__offering__programme")
        .order_by("requested_at", "pk")
    )


def _unmanaged(*, on: date) -> Q:
    """Enrolments of people who have no line manager on ``on``."""
    lines = ReportingLine.objects.on(on).filter(kind=ReportingKind.LINE_MANAGER)
    return ~Q(Exists(lines.filter(person_id=OuterRef("person_id"))))
