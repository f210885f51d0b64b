"""Keeping on which day the two met, and that wellbeing was talked about: never what was said."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from appraisals.models import Appraisal
from appraisals.policies.appraisals import may_record_conversation
from appraisals.services.locking import (
    SIGNED_AT,
    clear_signatures,
    lock,
    refuse_former_manager,
    refuse_once_signed,
    refuse_outsider,
)
from common.dates import london_date
from common.errors import Conflict


@transaction.atomic
def record_conversation(
    *,
    appraisal: Appraisal,
    met_on: date | None,
    wellbeing_on: date | None,
    by: Actor,
    now: datetime,
) -> Appraisal:
    """Keep the day of the conversation and of the wellbeing check; new days clear signatures."""
    appraisal = lock(appraisal)
    if not may_record_conversation(by, appraisal=appraisal):
        refuse_outsider()
    refuse_once_signed(appraisal)
    today = london_date(now)
    refuse_former_manager(by, appraisal=appraisal, on=today)
    if any(day and day > today for day in (met_on, wellbeing_on)):
        raise Conflict(
            _("Enter days that have come: a conversation that is planned has not been held."),
            code="day_to_come",
        )
    if (appraisal.met_on, appraisal.wellbeing_on) == (met_on, wellbeing_on):
        return appraisal
    appraisal.met_on, appraisal.wellbeing_on = met_on, wellbeing_on
    clear_signatures(appraisal)
    appraisal.save(update_fields=["met_on", "wellbeing_on", *SIGNED_AT.values()])
    record(
        by=by,
        now=now,
        verb="record_conversation",
        about=appraisal,
        rule="may_record_conversation",
        organisation_id=appraisal.cycle.organisation_id,
        subject_id=appraisal.subject_id,
        facts={"met": met_on is not None, "wellbeing": wellbeing_on is not None},
    )
    return appraisal
