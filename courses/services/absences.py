"""A person says why they were not there."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import relations_to
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, EnrolmentState, Mark, MeetingMark
from courses.policies.registers import may_explain_absence
from courses.selectors.registers import sittings_of
from courses.services.seats import lock_enrolment


@transaction.atomic
def explain_absence(
    *, enrolment: Enrolment, reason: str, by: Actor, now: datetime, text: str = ""
) -> Enrolment:
    """Say why the person was not there, for every meeting they missed; it can be said anew.

    The reason stands beside the marks, where whoever keeps the register reads it; the ledger says
    only that one was given.
    Refuses: ``may_not_explain_absence``, ``not_absent``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    relations = relations_to(by, enrolment.person, on=london_date(now))
    if not may_explain_absence(relations):
        raise Forbidden(
            _("Only the person who was away can say why."), code="may_not_explain_absence"
        )
    if enrolment.state != EnrolmentState.ABSENT:
        raise Conflict(
            _("You are not noted as away from this session, so there is nothing to explain."),
            code="not_absent",
        )
    for row in _missed(enrolment, now=now):
        row.reason, row.reason_text = reason, text
        row.reason_by = by if isinstance(by, Person) else None
        row.version += 1
        row.save()
    record(
        by=by,
        now=now,
        verb="explain_absence",
        about=enrolment,
        rule="may_explain_absence",
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={"session": enrolment.session_id},
    )
    return enrolment


def _missed(enrolment: Enrolment, *, now: datetime) -> list[MeetingMark]:
    """The meetings they were away from; where attendance was recorded without marks, the first."""
    rows = list(enrolment.marks.filter(mark__in=(Mark.ABSENT, Mark.EXCUSED)).order_by("begins_at"))
    if rows:
        return rows
    first = sittings_of(enrolment.session)[0]
    return [
        MeetingMark(
            enrolment=enrolment,
            begins_at=first.begins_at,
            mark=Mark.ABSENT,
            marked_at=now,
            version=0,
        )
    ]
