"""Refusals that are in force, what can be said against them, and contests that wait."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import Actor
from accounts.models import Person, Role
from accounts.visibility import members_of, standing, tied_to
from courses.models import Approval, Contest, ContestState, Enrolment, EnrolmentState
from courses.selectors.deciders import learning_leads_for, second_line_of, who_decided


def refusal_in_force(
    *, person_id: int, programme_id: int, organisation_ids: Iterable[int], on: date
) -> Enrolment | None:
    """The refusal of a programme by one of the organisations that still holds on ``on``: not over,
    and not taken back."""
    rows = Enrolment.objects.filter(
        person_id=person_id,
        session__offering__programme_id=programme_id,
        organisation_id__in=organisation_ids,
        state=EnrolmentState.REFUSED,
        refused_until__gte=on,
    ).exclude(contest__state=ContestState.OVERTURNED)
    return rows.order_by("-refused_until", "-pk").first()


def is_contestable(enrolment: Enrolment) -> bool:
    """Whether the person may say why a refusal is wrong: once."""
    return (
        enrolment.state == EnrolmentState.REFUSED
        and not Contest.objects.filter(enrolment=enrolment).exists()
    )


def who_answers_contest(enrolment: Enrolment, *, on: date) -> list[Person]:
    """The line manager's line manager, else the learning leads; never who decided before."""
    decided = who_decided(enrolment)
    second = second_line_of(enrolment.person, on=on)
    if second and second.pk not in decided:
        return [second]
    return learning_leads_for(
        enrolment.person, organisation_id=enrolment.organisation_id, on=on, decided=decided
    )


def contests_to_answer(actor: Actor, *, on: date) -> QuerySet[Contest]:
    """The contests that wait for ``actor``, the longest-waiting first."""
    if not isinstance(actor, Person):
        return Contest.objects.none()
    place = standing(actor, on=on)
    leads = place.covered_by(Role.LEARNING_LEAD)
    if not leads and not place.has("SECOND_LINE"):
        return Contest.objects.none()
    theirs = tied_to(actor, on=on, field="enrolment__person_id", ties=("SECOND_LINE",))
    if leads:
        here = members_of(leads, on=on, prefix="enrolment__person__")
        theirs |= here & leads.within("enrolment__organisation_id")
    decided = Approval.objects.filter(enrolment=OuterRef("enrolment"), decided_by_id=actor.pk)
    return (
        Contest.objects.visible_to(actor, on=on)
        .filter(theirs, state=ContestState.OPEN)
        .exclude(enrolment__person_id=actor.pk)
        .exclude(Exists(decided))
        .select_related("enrolment__person", "enrolment__session__offering__programme")
        .order_by("contested_at", "pk")
    )
