"""Whom requests of the demonstration were put to, and the rule of each of its organisations."""

from datetime import datetime

from common.dates import add_working_days, london_date
from config.demo.texts import texts
from config.demo.world import BATCH, Body, World
from courses.models import (
    Approval,
    ApprovalRule,
    ApprovalState,
    Asked,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    OnSilence,
)
from courses.services.refusals import contest

_DAYS = 5


def write_rules(world: World) -> None:
    """Every trust has a rule of its own since the beginning of the story; the systems have none."""
    trusts = [body for body in world.bodies if body.is_trust]
    ApprovalRule.objects.bulk_create(
        ApprovalRule(
            organisation=body.organisation,
            starts_on=world.day(-400),
            working_days=_DAYS,
            on_silence=OnSilence.REFUSE if number % 3 == 2 else OnSilence.GRANT,
            second_above_pence=150_000,
            second_approver=Asked.SECOND_LINE,
        )
        for number, body in enumerate(trusts)
    )


def write_stages(world: World) -> None:
    """One stage for every request that was put to a line manager, as it was answered."""
    rows = Enrolment.objects.filter(basis=EnrolmentBasis.APPROVAL, approvals__isnull=True)
    Approval.objects.bulk_create(
        (_stage_of(row, world) for row in rows.order_by("pk").iterator(chunk_size=BATCH)),
        batch_size=BATCH,
    )


def _stage_of(row: Enrolment, world: World) -> Approval:
    asked_on = london_date(row.requested_at)
    stage = Approval(
        enrolment=row,
        asked_at=row.requested_at,
        due_on=add_working_days(max(asked_on, world.day(-1)), _DAYS),
    )
    if row.decided_at and row.decided_by_id:
        is_refused = bool(row.refusal_reason)
        stage.state = ApprovalState.REFUSED if is_refused else ApprovalState.APPROVED
        stage.due_on = add_working_days(asked_on, _DAYS)
        stage.decided_at, stage.decided_by_id = row.decided_at, row.decided_by_id
    return stage


def contest_a_refusal(home: Body, *, now: datetime) -> None:
    """Somebody at the trust of the personas says why a refusal is wrong; it waits for an answer."""
    refused = Enrolment.objects.filter(
        organisation=home.organisation, state=EnrolmentState.REFUSED, decided_by__isnull=False
    )
    row = refused.select_related("person").order_by("-decided_at", "pk").first()
    if row:
        said = texts()["reasons"]["contest"][0]
        contest(enrolment=row, text=said, by=row.person, now=now)
