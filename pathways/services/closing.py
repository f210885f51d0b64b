"""Ending a level: from a day on it no longer counts. The row stays, and what it said with it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.selectors.relations import main_organisation_id, relations_to
from accounts.services.ledger import record
from common.dates import london_date, long_date
from common.errors import Conflict, Forbidden
from pathways.models import Attainment
from pathways.policies.attainments import may_close_attainment


@transaction.atomic
def close_attainment(
    *, attainment: Attainment, last_day: date, reason: str, by: Actor, now: datetime
) -> Attainment:
    """Let ``attainment`` count until ``last_day`` and no longer, for ``reason``.

    An end can be set and brought forward, never put off: whoever has shown it again records a new
    level. One's own word is ended by oneself, somebody else's by line manager or learning lead, and
    what a program sent also by a program.
    """
    today = london_date(now)
    # Two people who end it at once: the second finds the first one's day.
    attainment = (
        Attainment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person")
        .get(pk=attainment.pk)
    )
    refuse_unless_may_close(attainment, by=by, on=today)
    _refuse_unfit(attainment, last_day, reason)
    attainment.valid_to = last_day
    attainment.save(update_fields=["valid_to"])
    record(
        by=by,
        now=now,
        verb="close_attainment",
        about=attainment,
        rule="may_close_attainment",
        organisation_id=main_organisation_id(attainment.person, on=today),
        subject_id=attainment.person_id,
        facts={
            "competency": attainment.competency_id,
            "rank": attainment.rank,
            "source": attainment.source,
            "valid_to": last_day.isoformat(),
        },
        private={"reason": reason},
    )
    return attainment


def refuse_unless_may_close(attainment: Attainment, *, by: Actor, on: date) -> None:
    """Refuse ``Forbidden`` whoever may not end this level, before anything is typed."""
    relations = relations_to(by, attainment.person, on=on)
    if not may_close_attainment(relations, source=attainment.source):
        raise Forbidden(
            _("You cannot say from when on this level no longer counts."),
            code="may_not_close_attainment",
        )


def _refuse_unfit(attainment: Attainment, last_day: date, reason: str) -> None:
    if not reason.strip():
        raise Conflict(_("Enter why the level no longer counts."), code="reason_missing")
    if last_day < attainment.attained_on:
        raise Conflict(
            _("This level was shown on %(day)s. It cannot end before that day.")
            % {"day": long_date(attainment.attained_on)},
            code="ends_before_it_began",
        )
    if attainment.valid_to is not None and last_day >= attainment.valid_to:
        raise Conflict(
            _("This level ends on %(day)s already. Enter an earlier day.")
            % {"day": long_date(attainment.valid_to)},
            code="ends_already",
        )
