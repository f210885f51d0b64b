"""Appointing who may confirm levels, for one person or a whole organisation, and ending that."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import Organisation, Person
from accounts.models.dated import Days
from accounts.scope import lifted
from accounts.selectors.relations import relations_to, roles_at
from accounts.services.ledger import record
from accounts.visibility import standing
from common.dates import add_months, london_date
from common.errors import Conflict, Forbidden
from notifications.services.notices import notify
from pathways.models import AssessorAppointment, Framework, RequestState, VerificationRequest
from pathways.policies.assessors import may_appoint, may_end

APPOINTMENT_MONTHS = 24
ENDER = SystemJob("pathways.end_assessor", organisation_ids=None)


class Scope(NamedTuple):
    """For whom: ``subject`` or, without one, everybody at ``organisation``; ``framework`` or,
    without one, every framework."""

    organisation: Organisation
    subject: Person | None = None
    framework: Framework | None = None


@transaction.atomic
def appoint_assessor(
    *, assessor: Person, scope: Scope, days: Days, by: Person, now: datetime
) -> AssessorAppointment:
    """Let ``assessor`` confirm levels of whoever is in ``scope`` and asks for it; all are told.

    Refuses: ``may_not_appoint_assessor``, ``to_oneself``, ``not_employed_there``,
    ``days_not_in_order``, ``too_long``, ``already_assesses``.
    """
    # Two who appoint the same assessor queue here.
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=assessor.pk)
    _refuse_unless_may_appoint(assessor, scope, by=by, on=london_date(now))
    if scope.subject == assessor:
        raise Conflict(_("Nobody confirms their own levels."), code="to_oneself")
    last = _refuse_days_out_of_order(days, now=now)
    _refuse_if_known(assessor, scope, days)
    held = AssessorAppointment.objects.create(
        assessor=assessor,
        **scope._asdict(),
        starts_on=days.starts_on,
        ends_on=last,
        appointed_by=by,
    )
    _record(held, verb="appoint_assessor", rule="may_appoint", by=by, now=now)
    _tell(held, rule="pathways.assessor_appointed", now=now)
    return held


@transaction.atomic
def end_assessor(*, appointment: AssessorAppointment, by: Person, now: datetime) -> None:
    """End an appointment at once: the assessor sees nothing under it from now on. All are told,
    also those whose requests nobody can answer now.

    Refuses: ``may_not_end_assessor``, ``is_over``.
    """
    today = london_date(now)
    rows = AssessorAppointment.objects.select_for_update(of=("self",)).select_related(
        "assessor", "subject", "organisation"
    )
    held = rows.from_day_on(today).filter(pk=appointment.pk).first()
    if held is None:
        raise Conflict(_("This appointment has ended already."), code="is_over")
    if not may_end_now(held, by=by, on=today):
        raise Forbidden(
            _("Only whoever may appoint assessors here, or the assessor, can end this."),
            code="may_not_end_assessor",
        )
    _record(held, verb="end_assessor", rule="may_end", by=by, now=now)
    _tell(held, rule="pathways.assessor_ended", now=now)
    # Requests under it are other people's.
    with lifted(ENDER):
        _tell_who_waits(held, now=now)
        held.stop(on=today)


def may_end_now(held: AssessorAppointment, *, by: Person, on: date) -> bool:
    relations = relations_to(by, held.subject, on=on) if held.subject else None
    return may_end(by, relations, roles_at(by, held.organisation_id, on=on), appointment=held)


def _refuse_unless_may_appoint(assessor: Person, scope: Scope, *, by: Person, on: date) -> None:
    relations = relations_to(by, scope.subject, on=on) if scope.subject else None
    roles = roles_at(by, scope.organisation.pk, on=on)
    if not may_appoint(relations, roles, is_oneself=by.pk == assessor.pk):
        raise Forbidden(
            _(
                "Line managers appoint assessors for the people who report to them, learning "
                "leads for their organisation, and nobody themselves."
            ),
            code="may_not_appoint_assessor",
        )
    places = standing(scope.subject, on=on).organisation_ids if scope.subject else frozenset()
    if scope.subject and scope.organisation.pk not in places:
        raise Conflict(
            _("%(person)s does not work at %(organisation)s.")
            % {"person": scope.subject.full_name, "organisation": scope.organisation.name},
            code="not_employed_there",
        )


def _refuse_days_out_of_order(days: Days, *, now: datetime) -> date:
    if days.starts_on < london_date(now):
        raise Conflict(_("Nobody can be appointed before today."), code="days_not_in_order")
    if days.ends_on is None or days.ends_on < days.starts_on:
        raise Conflict(_("The last day cannot be before the first."), code="days_not_in_order")
    if days.ends_on > add_months(days.starts_on, APPOINTMENT_MONTHS):
        raise Conflict(
            _("Somebody can be appointed for %(count)d months at the most.")
            % {"count": APPOINTMENT_MONTHS},
            code="too_long",
        )
    return days.ends_on


def _refuse_if_known(assessor: Person, scope: Scope, days: Days) -> None:
    known = AssessorAppointment.objects.during(days).filter(assessor=assessor, **scope._asdict())
    if known.exists():
        raise Conflict(
            _("%(person)s is appointed for some of these days already.")
            % {"person": assessor.full_name},
            code="already_assesses",
        )


def _tell(held: AssessorAppointment, *, rule: str, now: datetime) -> None:
    for recipient in filter(None, (held.assessor, held.subject)):
        notify(
            recipient=recipient,
            rule=rule,
            subject_key=f"assessor:{held.pk}",
            url=reverse("pathways:assessor_list"),
            now=now,
            facts={
                "is_assessor": recipient == held.assessor,
                "assessor": held.assessor.full_name,
                "of": held.subject.full_name if held.subject else held.organisation.name,
                "until": _last_day(held),
            },
        )


def _tell_who_waits(held: AssessorAppointment, *, now: datetime) -> None:
    waiting = VerificationRequest.objects.filter(appointment=held, state=RequestState.ASKED)
    for request in waiting.select_related("subject"):
        notify(
            recipient=request.subject,
            rule="pathways.verification_stuck",
            subject_key=f"verification:{request.pk}:stuck",
            url=reverse("pathways:verification_show", args=[request.pk]),
            now=now,
            facts={"assessor": held.assessor.full_name},
        )


def _record(held: AssessorAppointment, *, verb: str, rule: str, by: Person, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=held,
        organisation_id=held.organisation_id,
        subject_id=held.subject_id or held.assessor_id,
        rule=rule,
        facts={
            "assessor": held.assessor_id,
            "framework": held.framework_id,
            "from": held.starts_on.isoformat(),
            "to": _last_day(held),
        },
    )


def _last_day(held: AssessorAppointment) -> str:
    # Every appointment has one: the database refuses it without.
    return held.ends_on.isoformat() if held.ends_on else ""
