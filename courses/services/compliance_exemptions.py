"""Not asking a subject of a person for a while, with a reason that others read, and ending that."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.selectors.relations import relations_to, roles_at
from accounts.services.ledger import record
from common.dates import add_months, london_date
from common.errors import Conflict, Forbidden
from courses.models import ExemptionReason, Subject, SubjectExemption
from courses.policies.compliance import may_exempt

LONGEST_MONTHS = 24


class Exemption(NamedTuple):
    """What is not asked, on which days, and why."""

    subject: Subject
    starts_on: date
    ends_on: date
    reason: ExemptionReason
    note: str = ""


@transaction.atomic
def exempt(
    *, person: Person, organisation: Organisation, wanted: Exemption, by: Person, now: datetime
) -> SubjectExemption:
    """``organisation`` does not ask a subject of ``person`` on some days.

    Refuses: ``may_not_exempt``, ``times_out_of_order``, ``exempt_for_too_long``,
    ``exempt_already``.
    """
    # Two who write at once queue here, so that the second is told in a sentence.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    _refuse_unless_may(person, organisation.pk, by=by, now=now)
    if wanted.ends_on < wanted.starts_on:
        raise Conflict(
            _("Enter a last day that is not before the first."), code="times_out_of_order"
        )
    if wanted.ends_on > add_months(wanted.starts_on, LONGEST_MONTHS):
        raise Conflict(
            _("Training can be left out for two years at the most. Look at it again then."),
            code="exempt_for_too_long",
        )
    _refuse_twice(person, organisation.pk, wanted)
    made = SubjectExemption.objects.create(
        person=person,
        organisation=organisation,
        granted_by=by,
        granted_at=now,
        **wanted._asdict(),
    )
    private = {"note": wanted.note} if wanted.note else {}
    _record(made, verb="exempt_from_training", by=by, now=now, private=private)
    return made


@transaction.atomic
def end_exemption(*, exemption: SubjectExemption, by: Actor, now: datetime) -> None:
    """The subject is asked again from today on; what never began is taken away.

    Refuses: ``may_not_exempt``, ``exemption_over``.
    """
    rows = SubjectExemption.objects.select_for_update(of=("self",)).select_related("person")
    held = rows.get(pk=exemption.pk)
    _refuse_unless_may(held.person, held.organisation_id, by=by, now=now)
    today = london_date(now)
    if held.ends_on is None or held.ends_on < today:
        raise Conflict(_("This time is over already."), code="exemption_over")
    _record(held, verb="end_training_exemption", by=by, now=now)
    held.stop(on=today)


def _refuse_unless_may(person: Person, organisation_id: int, *, by: Actor, now: datetime) -> None:
    today = london_date(now)
    to_person = relations_to(by, person, on=today)
    if not may_exempt(to_person, roles_at(by, organisation_id, on=today)):
        raise Forbidden(
            _("Only a learning lead or an HR administrator of the organisation can do this."),
            code="may_not_exempt",
        )


def _refuse_twice(person: Person, organisation_id: int, wanted: Exemption) -> None:
    rows = SubjectExemption.objects.filter(
        person=person,
        organisation_id=organisation_id,
        subject=wanted.subject,
        starts_on__lte=wanted.ends_on,
        ends_on__gte=wanted.starts_on,
    )
    if rows.exists():
        raise Conflict(
            _("This subject is left out on some of these days already. End that first."),
            code="exempt_already",
        )


def _record(
    exemption: SubjectExemption,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    private: dict[str, str] | None = None,
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=exemption,
        rule="may_exempt",
        organisation_id=exemption.organisation_id,
        subject_id=exemption.person_id,
        facts={
            "subject": exemption.subject_id,
            "from": exemption.starts_on.isoformat(),
            "to": exemption.ends_on.isoformat() if exemption.ends_on else None,
        },
        private=private or {},
    )
