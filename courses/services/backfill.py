"""Asking for cover for somebody's protected time, and saying what became of it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Assignment, Person
from accounts.selectors.relations import line_manager_of, relations_to, roles_at
from accounts.services.ledger import record
from common.dates import london_date, spoken_minutes
from common.errors import Conflict, Forbidden
from courses.models import (
    BACKFILL_WORKFLOW,
    COSTED_STATES,
    Account,
    Backfill,
    BackfillState,
    Enrolment,
)
from courses.policies.study_time import may_take_time_back
from courses.selectors.study_time import balances_of
from courses.selectors.study_time_rules import rate_of


@transaction.atomic
def ask_for_backfill(
    *, enrolment: Enrolment, day: date, minutes: int, by: Actor, now: datetime
) -> Backfill:
    """Ask for cover for (part of) what is planned on ``day``.

    Refuses: ``may_not_arrange_cover``, ``not_so_much_time``, ``cover_asked_for``.
    """
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person")
    enrolment = rows.get(pk=enrolment.pk)
    _refuse_unless_may(enrolment, by=by, now=now)
    planned = balances_of(enrolment.pk).held(Account.PLANNED, day)
    if not 1 <= minutes <= planned:
        raise Conflict(
            _("On that day %(planned)s are planned. Ask for cover for so much or less.")
            % {"planned": spoken_minutes(planned)},
            code="not_so_much_time",
        )
    if enrolment.backfills.filter(on_day=day).exists():
        raise Conflict(
            _("Cover for that day was asked for already. Say what became of it instead."),
            code="cover_asked_for",
        )
    backfill = Backfill.objects.create(
        enrolment=enrolment,
        person_id=enrolment.person_id,
        organisation_id=enrolment.organisation_id,
        on_day=day,
        minutes=minutes,
        band=_band_of(enrolment, on=day),
        asked_at=now,
        asked_by=by if isinstance(by, Person) else None,
    )
    _record(backfill, verb="ask_for_backfill", by=by, now=now)
    return backfill


@transaction.atomic
def settle_backfill(*, backfill: Backfill, step: str, by: Actor, now: datetime) -> Backfill:
    """Say what became of cover. What it costs is set when it is arranged, by the rate of its day.

    Refuses: ``may_not_arrange_cover``, ``stale_state``, ``no_rate``, ``day_to_come``.
    """
    rows = Backfill.objects.select_for_update(of=("self",))
    backfill = rows.select_related("enrolment__person").get(pk=backfill.pk)
    _refuse_unless_may(backfill.enrolment, by=by, now=now)
    target = BACKFILL_WORKFLOW.target(step, current=backfill.state)
    if target == BackfillState.WORKED and backfill.on_day > london_date(now):
        raise Conflict(
            _("That day is yet to come. Say that cover was worked once it was."), code="day_to_come"
        )
    if target not in COSTED_STATES:
        backfill.rate_pence = None
    elif backfill.rate_pence is None:
        backfill.rate_pence = _rate(backfill)
    backfill.state = target
    backfill.save(update_fields=["state", "rate_pence"])
    backfill.refresh_from_db(fields=["cost_pence"])
    _record(backfill, verb="settle_backfill", by=by, now=now)
    return backfill


def _rate(backfill: Backfill) -> int:
    rate = rate_of(backfill.organisation_id, band=backfill.band, on=backfill.on_day)
    if rate is None:
        raise Conflict(
            _(
                "Your organisation has not said what an hour of cover costs on that day. Ask the"
                " learning lead to enter it."
            ),
            code="no_rate",
        )
    return rate


def _band_of(enrolment: Enrolment, *, on: date) -> str:
    """The band of the post that the person holds where the time was promised."""
    held = Assignment.objects.on(on).filter(
        person_id=enrolment.person_id, organisation_id=enrolment.organisation_id
    )
    band = held.order_by("starts_on", "pk").values_list("post__band", flat=True).first()
    return band or ""


def _refuse_unless_may(enrolment: Enrolment, *, by: Actor, now: datetime) -> None:
    today, person = london_date(now), enrolment.person
    has_line_manager = line_manager_of(person, on=today) is not None
    relations = relations_to(by, person, on=today)
    roles = roles_at(by, enrolment.organisation_id, on=today)
    if not may_take_time_back(relations, roles, has_line_manager=has_line_manager):
        raise Forbidden(
            _("Only the line manager of the person can arrange cover for them."),
            code="may_not_arrange_cover",
        )


def _record(backfill: Backfill, *, verb: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=backfill.enrolment,
        rule="may_take_time_back",
        organisation_id=backfill.organisation_id,
        subject_id=backfill.person_id,
        facts={
            "day": backfill.on_day.isoformat(),
            "minutes": backfill.minutes,
            "state": str(backfill.state),
        },
    )
