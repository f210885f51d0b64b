"""What is said again by itself: time that has been owed for longer than the organisation allows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from accounts.models import ReportingKind, ReportingLine, Role, RoleGrant
from common.dates import is_working_day
from courses.models import Account, Enrolment, StudyTimeRule
from courses.selectors.study_time import balances_where
from courses.selectors.study_time_rules import DEFAULT_DAYS, Days
from courses.selectors.study_time_team import told_of
from notifications.registry import Due

# A place that ever owed anything; what it owes still is what its moves add up to.
_EVER_OWED = (
    "enrolment_id IN (SELECT enrolment_id FROM courses_studytimemove WHERE target = 'OWED')"
)


@dataclass(frozen=True, slots=True)
class _Owed:
    enrolment: Enrolment
    since: date
    minutes: int
    days: Days


def time_owed(on: date) -> Iterable[Due]:
    """Each week, to the line manager (or the learning leads, where there is none), what has been
    owed for as long as the organisation's rule says."""
    waiting = [owed for owed in _owed(on) if owed.since <= on - timedelta(days=owed.days.remind)]
    managers = _managers({owed.enrolment.person_id for owed in waiting}, on=on)
    alone = {o.enrolment.organisation_id for o in waiting if o.enrolment.person_id not in managers}
    leads = _learning_leads(alone, on=on)
    for owed in waiting:
        person_id = owed.enrolment.person_id
        told = managers.get(person_id) or leads.get(owed.enrolment.organisation_id, ())
        yield from (_due(owed, recipient, on=on) for recipient in told if recipient != person_id)


def time_owed_long(on: date) -> Iterable[Due]:
    """The same to the line manager's own line manager, once it has been owed for longer."""
    waiting = [owed for owed in _owed(on) if owed.since <= on - timedelta(days=owed.days.escalate)]
    managers = _managers({owed.enrolment.person_id for owed in waiting}, on=on)
    above = _managers({one for each in managers.values() for one in each}, on=on)
    for owed in waiting:
        person_id = owed.enrolment.person_id
        told = {up for manager in managers.get(person_id, ()) for up in above.get(manager, ())}
        yield from (_due(owed, recipient, on=on) for recipient in sorted(told - {person_id}))


def _owed(on: date) -> Iterator[_Owed]:
    """What is owed on ``on``; three statements, however much."""
    if not is_working_day(on):
        return
    pockets = {
        key: held.days(Account.OWED)
        for key, held in balances_where(_EVER_OWED).items()
        if held.owed
    }
    if not pockets:
        return
    rules = {
        rule.organisation_id: Days(rule.remind_days, rule.escalate_days)
        for rule in StudyTimeRule.objects.on(on)
    }
    for enrolment in told_of(pockets).order_by("pk"):
        days = rules.get(enrolment.organisation_id, DEFAULT_DAYS)
        for pocket in pockets[enrolment.pk]:
            if pocket.on:
                yield _Owed(enrolment, pocket.on, pocket.minutes, days)


def _managers(person_ids: Iterable[int], *, on: date) -> Mapping[int, tuple[int, ...]]:
    """Person -> the line manager of the assignment held longest."""
    lines = (
        ReportingLine.objects.on(on)
        .filter(kind=ReportingKind.LINE_MANAGER, person_id__in=list(person_ids))
        .order_by("person_id", "assignment__starts_on", "pk")
        .distinct("person_id")
    )
    return {person: (manager,) for person, manager in lines.values_list("person_id", "manager_id")}


def _learning_leads(organisation_ids: set[int], *, on: date) -> Mapping[int, tuple[int, ...]]:
    if not organisation_ids:
        return {}
    grants = RoleGrant.objects.on(on).filter(
        role=Role.LEARNING_LEAD, organisation_id__in=organisation_ids
    )
    found: dict[int, tuple[int, ...]] = {}
    pairs = grants.order_by("organisation_id", "person_id").values_list(
        "organisation_id", "person_id"
    )
    for organisation_id, person_id in pairs:
        found[organisation_id] = (*found.get(organisation_id, ()), person_id)
    return found


def _due(owed: _Owed, recipient_id: int, *, on: date) -> Due:
    year, week, _weekday = on.isocalendar()
    enrolment = owed.enrolment
    return Due(
        recipient_id=recipient_id,
        subject_key=f"enrolment:{enrolment.pk}:owed:{owed.since.isoformat()}",
        period=f"{year}-W{week:02}",
        url=reverse("courses:study_time_show", args=[enrolment.pk]),
        due_on=owed.since + timedelta(days=owed.days.remind),
        facts={
            "person": enrolment.person.full_name,
            "programme": enrolment.session.offering.programme.title,
            "minutes": owed.minutes,
            "day": owed.since.isoformat(),
        },
    )
