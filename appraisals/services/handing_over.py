"""Passing open appraisals to the line manager of record, so that none is left with nobody."""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import relations_to, roles_at
from accounts.services.ledger import record
from appraisals.models import APPRAISAL_WORKFLOW, Appraisal
from appraisals.policies.appraisals import may_hand_over
from appraisals.selectors.records import line_manager_of_record, misplaced
from appraisals.services.locking import (
    SIGNED_AT,
    clear_signatures,
    lock,
    refuse_once_signed,
)
from appraisals.services.news import tell
from common.dates import london_date
from common.errors import Conflict, Forbidden

log = structlog.get_logger(__name__)


@transaction.atomic
def hand_over(*, appraisal: Appraisal, to: Person, by: Actor, now: datetime) -> Appraisal:
    """Give an open appraisal to ``to``, the line manager of record, with what was written so far.

    The former line manager loses sight of it at once. The new one stands behind the line manager's
    part, so it comes back to them to be read, changed and shared; signatures are cleared.
    """
    appraisal = lock(appraisal)
    on = london_date(now)
    relations = relations_to(by, appraisal.subject, on=on)
    roles = roles_at(by, appraisal.cycle.organisation_id, on=on)
    if not may_hand_over(by, appraisal=appraisal, to=to, relations=relations, roles=roles):
        raise Forbidden(
            _("Only the new line manager or an HR administrator can hand this appraisal over."),
            code="may_not_hand_over",
        )
    refuse_once_signed(appraisal)
    if line_manager_of_record(appraisal, on=on) != to:
        raise Conflict(
            _("%(name)s is not the line manager on record.") % {"name": to.full_name},
            code="not_line_manager_of_record",
        )
    if appraisal.appraiser_id == to.pk:
        return appraisal
    former = appraisal.appraiser
    _pass_on(appraisal, to)
    _record(appraisal, former, by=by, now=now)
    for recipient in (to, appraisal.subject):
        tell(
            recipient, "appraisals.handed_over", appraisal=appraisal, by_name=to.full_name, now=now
        )
    return appraisal


def follow_line_managers(*, by: Actor, now: datetime) -> int:
    """Hand over every open appraisal whose line manager has changed; return how many went.

    Each is undone by itself: one that cannot go does not hold up the others.
    """
    handed_over = 0
    for appraisal, manager in misplaced(on=london_date(now)):
        try:
            hand_over(appraisal=appraisal, to=manager, by=by, now=now)
        except Conflict as moved_on:
            log.info("appraisal_not_handed_over", appraisal_id=appraisal.pk, code=moved_on.code)
        else:
            handed_over += 1
    return handed_over


def _pass_on(appraisal: Appraisal, to: Person) -> None:
    appraisal.appraiser = to
    clear_signatures(appraisal)
    if appraisal.manager_shared_at:
        appraisal.state = APPRAISAL_WORKFLOW.target("send_back", current=appraisal.state)
        appraisal.manager_shared_at = None
    appraisal.save(update_fields=["appraiser", "state", "manager_shared_at", *SIGNED_AT.values()])


def _record(appraisal: Appraisal, former: Person, *, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb="hand_over",
        about=appraisal,
        rule="may_hand_over",
        organisation_id=appraisal.cycle.organisation_id,
        subject_id=appraisal.subject_id,
        facts={"from_person_id": former.pk, "to_person_id": appraisal.appraiser_id},
    )
