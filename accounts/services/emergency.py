"""Breaking the glass: opening a record past a denial, reading it, ending it, and judging it.

The alert to those who review it and the notice to the person are written in the transaction that
opens the record, so there is no access without them. Nothing can be changed through it.
"""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.emergency import Section, sections_of
from accounts.models import EmergencyAccess, EmergencyVerdict, Person
from accounts.models.emergency import LASTS, SHORTEST_REASON
from accounts.policies import (
    BREAKS_GLASS,
    may_open_in_emergency,
    may_review_emergency,
    may_withhold_emergency,
)
from accounts.selectors.emergency import reviewers_of
from accounts.selectors.relations import main_organisation_id, relations_to, roles_at
from accounts.services.ledger import record
from accounts.telling import tell
from accounts.visibility import standing
from common.dates import london_date
from common.errors import Conflict, Forbidden

OPENED = "accounts.emergency_opened"
TO_REVIEW = "accounts.emergency_to_review"
READ_IN_EMERGENCY = "read_in_emergency"


@transaction.atomic
def open_in_emergency(
    *, subject: Person, reason: str, by: Person, now: datetime, withheld_because: str = ""
) -> EmergencyAccess:
    """Let ``by`` read the record of ``subject`` for half an hour, and alert the reviewers.

    The person is told, unless an auditor says why the law forbids it. Opening again while it is
    open gives the same access.
    """
    reason, withheld_because = reason.strip(), withheld_because.strip()
    # Whoever sends twice queues here, so that one reason opens one access.
    Person.objects.select_for_update().get(pk=by.pk)
    organisation_id = _place_judged(subject, by=by, withheld=bool(withheld_because), now=now)
    if len(reason) < SHORTEST_REASON:
        raise Conflict(
            _("Say why in at least %(count)d characters.") % {"count": SHORTEST_REASON},
            code="reason_missing",
        )
    already = EmergencyAccess.objects.filter(person=by, subject=subject, ends_at__gt=now).first()
    if already:
        return already
    access = EmergencyAccess.objects.create(
        person=by,
        subject=subject,
        organisation_id=organisation_id,
        reason=reason,
        withheld_because=withheld_because,
        opened_at=now,
        ends_at=now + LASTS,
    )
    _record(access, "open_in_emergency", by=by, now=now, until=access.ends_at.isoformat())
    _alert(access, now=now)
    return access


def _place_judged(subject: Person, *, by: Person, withheld: bool, now: datetime) -> int:
    """Judge whether ``by`` may open the record; return the organisation for which they do."""
    today = london_date(now)
    relations = relations_to(by, subject, on=today)
    covered = standing(by, on=today).covered_by(*BREAKS_GLASS)
    place = main_organisation_id(subject, on=today, within=covered)
    if place is None or not may_open_in_emergency(relations):
        raise Forbidden(
            _("Only those who answer for this person's organisation can open the record."),
            code="may_not_open_in_emergency",
        )
    if withheld and not may_withhold_emergency(relations):
        raise Forbidden(
            _("Only an auditor or data protection officer can decide not to tell the person."),
            code="may_not_withhold",
        )
    return place


def _alert(access: EmergencyAccess, *, now: datetime) -> None:
    reviewers = reviewers_of(
        access.organisation_id,
        but=frozenset({access.person_id, access.subject_id}),
        on=london_date(now),
    )
    if not reviewers:
        raise Conflict(
            _("Nobody could review this. Ask for an auditor to be appointed first."),
            code="nobody_to_review",
        )
    told = [(reviewer, TO_REVIEW) for reviewer in reviewers]
    if not access.withheld_because:
        told.append((access.subject, OPENED))
    for recipient, rule in told:
        tell(
            recipient=recipient,
            rule=rule,
            subject_key=f"emergency:{access.pk}",
            url=reverse("accounts:emergency_show", args=[access.pk]),
            now=now,
            facts={"by": access.person.full_name, "whose": access.subject.full_name},
            is_urgent=True,
        )


@transaction.atomic
def read_in_emergency(*, access: EmergencyAccess, by: Person, now: datetime) -> list[Section]:
    """What the organisation keeps about the person, while the access is open; each reading is an
    event. A role that has ended since closes it."""
    if by.pk != access.person_id or not access.is_open(now=now):
        raise Forbidden(
            _("The half hour is over. Open the record again, with a reason, if you must."),
            code="emergency_over",
        )
    _place_judged(access.subject, by=by, withheld=False, now=now)
    _record(access, READ_IN_EMERGENCY, by=by, now=now)
    return sections_of(access.subject, organisation_id=access.organisation_id, on=london_date(now))


@transaction.atomic
def end_emergency(*, access: EmergencyAccess, by: Person, now: datetime) -> EmergencyAccess:
    """Close it before its time; ending what is over changes nothing."""
    access = EmergencyAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    if by.pk != access.person_id:
        raise Forbidden(_("Only who opened this can end it."), code="may_not_end")
    if access.is_open(now=now):
        access.ends_at = now
        access.save(update_fields=["ends_at"])
        _record(access, "end_emergency", by=by, now=now)
    return access


@transaction.atomic
def review_emergency(
    *, access: EmergencyAccess, verdict: EmergencyVerdict, note: str, by: Person, now: datetime
) -> EmergencyAccess:
    """Judge whether an access was justified; once, by an auditor whose it is not."""
    access = EmergencyAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    roles = roles_at(by, access.organisation_id, on=london_date(now))
    if not may_review_emergency(
        roles, is_own=by.pk == access.person_id, is_about_oneself=by.pk == access.subject_id
    ):
        raise Forbidden(
            _("Only an auditor whose access this is not can review it."), code="may_not_review"
        )
    if access.reviewed_at:
        raise Conflict(_("Somebody has reviewed this already."), code="reviewed_already")
    if not note.strip():
        raise Conflict(_("Write what you found."), code="note_missing")
    access.reviewed_at, access.reviewed_by = now, by
    access.verdict, access.review_note = verdict, note.strip()
    access.save(update_fields=["reviewed_at", "reviewed_by", "verdict", "review_note"])
    _record(access, "review_emergency", by=by, now=now, verdict=verdict)
    return access


def _record(access: EmergencyAccess, verb: str, *, by: Person, now: datetime, **facts: str) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=access,
        organisation_id=access.organisation_id,
        # Who is not told must not find it in their own timeline either.
        subject_id=None if access.withheld_because else access.subject_id,
        rule="may_review_emergency" if verb == "review_emergency" else "may_open_in_emergency",
        facts=facts,
    )
