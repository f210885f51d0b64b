"""Who is asked about requests: the line manager or who stands in, the second approver, and whoever
a request is passed on to; and what waits for somebody's answer."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Exists, F, OuterRef, Q

from accounts.actors import Actor
from accounts.models import Person, ReportingKind, ReportingLine, Role, RoleGrant
from accounts.selectors.delegations import stand_ins_of
from accounts.selectors.relations import line_manager_of
from accounts.standing import organisations_above
from accounts.visibility import Standing, members_of, standing, tied_to
from courses.models import (
    UNANSWERED,
    Approval,
    ApprovalState,
    Asked,
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentState,
)

DECIDES = ("LINE_MANAGER", "DELEGATE")


def stage_asked(enrolment: Enrolment) -> Approval | None:
    """The stage of a request whose answer is waited for."""
    rows = enrolment.approvals.filter(state__in=UNANSWERED, asked_at__isnull=False)
    return rows.order_by("stage").first()


def asked_about(stage: Approval, *, enrolment: Enrolment, on: date) -> list[Person]:
    """The people who are told that ``stage`` waits for them. Who approved another stage is not
    among them: two approvers are two people."""
    person, organisation_id = enrolment.person, enrolment.organisation_id
    asks = stage.escalated_to if stage.state == ApprovalState.ESCALATED else stage.asks
    decided = who_decided(enrolment)
    if asks == Asked.LINE_MANAGER:
        found = deciders_of(person, organisation_id=organisation_id, on=on, decided=decided)
    elif asks == Asked.SECOND_LINE:
        second = second_line_of(person, on=on)
        found = [second] if second else []
    else:
        found = learning_leads_for(person, organisation_id=organisation_id, on=on, decided=decided)
    return [each for each in found if each.pk not in decided]


def who_decided(enrolment: Enrolment) -> frozenset[int]:
    """The people who answered a stage of a request: they answer no other."""
    stages = enrolment.approvals.filter(decided_by__isnull=False)
    return frozenset(stages.values_list("decided_by_id", flat=True))


def who_decided_each(enrolment_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Enrolment -> ``who_decided``, for those of which somebody answered a stage; one statement."""
    stages = Approval.objects.filter(enrolment_id__in=enrolment_ids, decided_by__isnull=False)
    found: dict[int, set[int]] = {}
    for enrolment_id, person_id in stages.values_list("enrolment_id", "decided_by_id"):
        found.setdefault(enrolment_id, set()).add(person_id)
    return {key: frozenset(ids) for key, ids in found.items()}


def deciders_of(
    person: Person, *, organisation_id: int, on: date, decided: Collection[int] = ()
) -> list[Person]:
    """Whom to ask about a request of ``person``: the line manager of record and whoever stands in,
    else the learning leads of the organisation they go for, else those of the organisations
    above."""
    manager = line_manager_of(person, on=on)
    if manager:
        stand_ins = stand_ins_of([person.pk], on=on).get(person.pk, [])
        return [manager, *Person.objects.filter(pk__in=stand_ins).order_by("pk")]
    return learning_leads_for(person, organisation_id=organisation_id, on=on, decided=decided)


def learning_leads_for(
    person: Person, *, organisation_id: int, on: date, decided: Collection[int] = ()
) -> list[Person]:
    """The learning leads of an organisation, else of those above it, but never ``person`` nor
    those who ``decided`` before: where there is nobody else, it is for those above."""
    leads = RoleGrant.objects.on(on).filter(role=Role.LEARNING_LEAD)
    leads = leads.exclude(person_id__in={person.pk, *decided})
    leads = leads.select_related("person").order_by("person_id").distinct("person_id")
    for organisation_ids in ({organisation_id}, standing(person, on=on).above_ids):
        found = [row.person for row in leads.filter(organisation_id__in=organisation_ids)]
        if found:
            return found
    return []


def learning_leads_of(
    enrolments: Iterable[Enrolment], *, on: date, decided: Mapping[int, Collection[int]]
) -> dict[int, list[int]]:
    """Enrolment -> the ids of ``learning_leads_for`` it; ``decided``: enrolment -> who decided
    before. Three statements at most, however many."""
    rows = {row.pk: row for row in enrolments}
    here = _leads_at({row.organisation_id for row in rows.values()}, on=on)
    found = {key: here.get(row.organisation_id, set()) for key, row in rows.items()}
    found = {key: ids - {rows[key].person_id, *decided.get(key, ())} for key, ids in found.items()}
    alone = {key: rows[key] for key, ids in found.items() if not ids}
    above = organisations_above(
        {row.person_id for row in alone.values() if row.person.is_active}, on=on
    )
    higher = _leads_at(frozenset[int]().union(*above.values()), on=on)
    for key, row in alone.items():
        ids = set[int]().union(*(higher.get(pk, ()) for pk in above.get(row.person_id, ())))
        found[key] = ids - {row.person_id, *decided.get(key, ())}
    return {key: sorted(ids) for key, ids in found.items()}


def _leads_at(organisation_ids: Collection[int], *, on: date) -> dict[int, set[int]]:
    grants = RoleGrant.objects.on(on).filter(role=Role.LEARNING_LEAD)
    grants = grants.filter(organisation_id__in=organisation_ids)
    found: dict[int, set[int]] = {}
    for organisation_id, person_id in grants.values_list("organisation_id", "person_id"):
        found.setdefault(organisation_id, set()).add(person_id)
    return found


def second_line_of(person: Person, *, on: date) -> Person | None:
    """The line manager's line manager, if that is somebody else than ``person``."""
    manager = line_manager_of(person, on=on)
    second = line_manager_of(manager, on=on) if manager else None
    return None if second is None or second.pk == person.pk else second


def passed_on_to(stage: Approval, *, enrolment: Enrolment, on: date) -> Asked:
    """Who is asked when nobody answers: the next line up, and the learning lead above that."""
    has_second_line = second_line_of(enrolment.person, on=on) is not None
    if stage.asks == Asked.LINE_MANAGER and has_second_line:
        return Asked.SECOND_LINE
    return Asked.LEARNING_LEAD


def requests_to_decide(actor: Actor, *, on: date) -> EnrolmentQuerySet:
    """The requests that wait for ``actor``, the first due first, with ``due_on``, ``stage`` and
    ``is_escalated``."""
    if not isinstance(actor, Person):
        return Enrolment.objects.none()
    place = standing(actor, on=on)
    if not place.has(*DECIDES, "SECOND_LINE") and not place.holds(Role.LEARNING_LEAD):
        return Enrolment.objects.none()
    answered = Approval.objects.filter(enrolment=OuterRef("pk"), decided_by_id=actor.pk)
    return (
        Enrolment.objects.visible_to(actor, on=on)
        .filter(
            _asks(actor, place, on=on),
            state=EnrolmentState.REQUESTED,
            approvals__state__in=UNANSWERED,
            approvals__asked_at__isnull=False,
        )
        .exclude(person_id=actor.pk)
        .exclude(Exists(answered))
        .annotate(
            due_on=F("approvals__due_on"),
            stage=F("approvals__stage"),
            escalated_to=F("approvals__escalated_to"),
        )
        .select_related("person", "organisation", "session__offering__programme")
        .order_by("due_on", "requested_at", "pk")
    )


def _asks(actor: Person, place: Standing, *, on: date) -> Q:
    """The condition that the stage asks for what ``actor`` is to the person on the day.

    A line manager may still answer what has been passed on.
    """
    managed = tied_to(actor, on=on, field="person_id", ties=DECIDES)
    theirs = managed & Q(approvals__asks=Asked.LINE_MANAGER)
    second = tied_to(actor, on=on, field="person_id", ties=("SECOND_LINE",))
    theirs |= second & _asked_of(Asked.SECOND_LINE)
    leads = place.covered_by(Role.LEARNING_LEAD)
    if leads:
        here = members_of(leads, on=on, prefix="person__") & leads.within("organisation_id")
        alone = _unmanaged(on=on) & Q(approvals__asks=Asked.LINE_MANAGER)
        theirs |= here & (alone | _asked_of(Asked.LEARNING_LEAD))
    return theirs


def _asked_of(asked: Asked) -> Q:
    return Q(approvals__asks=asked) | Q(
        approvals__state=ApprovalState.ESCALATED, approvals__escalated_to=asked
    )


def _unmanaged(*, on: date) -> Q:
    """Enrolments of people who have no line manager on ``on``."""
    lines = ReportingLine.objects.on(on).filter(kind=ReportingKind.LINE_MANAGER)
    return ~Q(Exists(lines.filter(person_id=OuterRef("person_id"))))
