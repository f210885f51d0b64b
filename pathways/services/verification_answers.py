"""Answering requests to confirm levels: one with a word for each level, or several as a whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.selectors.relations import relations_to
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, DomainError, Forbidden
from notifications.services.notices import notify
from pathways.models import (
    Attainment,
    AttainmentSource,
    Outcome,
    VerificationItem,
    VerificationRequest,
)
from pathways.models.assessing import REQUEST_WORKFLOW
from pathways.policies.verification import may_answer
from pathways.selectors.verification import is_appointed
from pathways.services.attainments import record_attainments

# An assessor of another organisation reaches none of the person's rows but through this.
CONFIRMER = SystemJob("pathways.confirm", organisation_ids=None)


class Answer(NamedTuple):
    """What becomes of one level. ``reason`` is for the person, where it is sent back."""

    is_confirmed: bool
    reason: str = ""


class Answered(NamedTuple):
    """What came of one request of several; ``refusal`` says why it is not confirmed."""

    request: VerificationRequest
    refusal: str = ""


@transaction.atomic
def answer_request(
    *,
    request: VerificationRequest,
    answers: Mapping[int, Answer],
    by: Person,
    now: datetime,
    statement: str = "",
) -> VerificationRequest:
    """Confirm or send back every level of a request (item's id -> answer), once; the person is
    told. Each confirmed level counts from today.

    Refuses: ``may_not_answer``, ``stale_state``, ``answers_missing``, ``reason_missing``.
    """
    request = lock_request(request)
    refuse_unless_may_answer(request, by=by, now=now)
    request.state = REQUEST_WORKFLOW.target("decide", current=request.state)
    items = list(request.items.select_related("competency").order_by("pk"))
    _refuse_unless_whole(items, answers)
    _settle(items, answers, confirmed=_confirm(request, items, answers, by=by, now=now))
    request.decided_at, request.decided_by, request.statement = now, by, statement
    request.save(update_fields=["state", "decided_at", "decided_by", "statement"])
    _record(request, items, by=by, now=now)
    _tell(request, items, now=now)
    return request


def confirm_requests(
    *, requests: Sequence[VerificationRequest], by: Person, now: datetime
) -> list[Answered]:
    """Confirm every level of each of ``requests``. One that is refused leaves the others alone."""
    return [_confirm_whole(request, by=by, now=now) for request in requests]


def _confirm_whole(request: VerificationRequest, *, by: Person, now: datetime) -> Answered:
    answers = {pk: Answer(is_confirmed=True) for pk in request.items.values_list("pk", flat=True)}
    try:
        answered = answer_request(request=request, answers=answers, by=by, now=now)
    except DomainError as refusal:
        return Answered(request, refusal.message)
    return Answered(answered)


def lock_request(request: VerificationRequest) -> VerificationRequest:
    """The row as it is now. Two who answer at once queue here, so that one of them decides."""
    return (
        VerificationRequest.objects.select_for_update(of=("self",))
        .select_related("subject", "appointment")
        .get(pk=request.pk)
    )


def may_answer_now(request: VerificationRequest, *, by: Person, now: datetime) -> bool:
    today = london_date(now)
    relations = relations_to(by, request.subject, on=today)
    appointed = is_appointed(request, on=today)
    return may_answer(by, relations, request=request, is_appointed=appointed)


def refuse_unless_may_answer(request: VerificationRequest, *, by: Person, now: datetime) -> None:
    if not may_answer_now(request, by=by, now=now):
        raise Forbidden(
            _("Only whoever was asked can confirm these levels or send them back."),
            code="may_not_answer",
        )


def _refuse_unless_whole(items: Sequence[VerificationItem], answers: Mapping[int, Answer]) -> None:
    if {item.pk for item in items} != set(answers):
        raise Conflict(_("Confirm each of the levels or send it back."), code="answers_missing")
    if any(not answer.is_confirmed and not answer.reason.strip() for answer in answers.values()):
        raise Conflict(
            _("Give a reason for each level you send back, so that the person knows what to do."),
            code="reason_missing",
        )


def _confirm(
    request: VerificationRequest,
    items: Sequence[VerificationItem],
    answers: Mapping[int, Answer],
    *,
    by: Person,
    now: datetime,
) -> dict[int, Attainment]:
    """Write the confirmed levels; competency -> the row that now says so."""
    ranks = {item.competency_id: item.rank for item in items if answers[item.pk].is_confirmed}
    if not ranks:
        return {}
    is_manager = request.assessor_id is None
    with lifted(CONFIRMER):
        rows = record_attainments(
            person=request.subject,
            ranks=ranks,
            source=AttainmentSource.MANAGER if is_manager else AttainmentSource.ASSESSOR,
            source_key=f"verification:{request.pk}",
            attained_on=london_date(now),
            by=by,
            now=now,
        )
    return {row.competency_id: row for row in rows}


def _settle(
    items: Sequence[VerificationItem],
    answers: Mapping[int, Answer],
    *,
    confirmed: Mapping[int, Attainment],
) -> None:
    for item in items:
        answer = answers[item.pk]
        item.outcome = Outcome.CONFIRMED if answer.is_confirmed else Outcome.SENT_BACK
        item.confirmed = confirmed.get(item.competency_id)
        item.reason = "" if answer.is_confirmed else answer.reason
    # The row that confirms is another organisation's, for an assessor of elsewhere.
    with lifted(CONFIRMER):
        VerificationItem.objects.bulk_update(items, ["outcome", "confirmed", "reason"])


def _record(
    request: VerificationRequest, items: Sequence[VerificationItem], *, by: Person, now: datetime
) -> None:
    said = {f"reason_{item.pk}": item.reason for item in items if item.reason}
    if request.statement:
        said["statement"] = request.statement
    record(
        by=by,
        now=now,
        verb="answer_verification",
        about=request,
        organisation_id=request.organisation_id,
        subject_id=request.subject_id,
        rule="may_answer",
        facts={"outcomes": {str(item.competency_id): str(item.outcome) for item in items}},
        private=said,
    )


def _tell(
    request: VerificationRequest, items: Sequence[VerificationItem], *, now: datetime
) -> None:
    confirmed = sum(item.outcome == Outcome.CONFIRMED for item in items)
    notify(
        recipient=request.subject,
        rule="pathways.verification_answered",
        subject_key=f"verification:{request.pk}:answered",
        url=reverse("pathways:verification_show", args=[request.pk]),
        now=now,
        facts={"confirmed": confirmed, "sent_back": len(items) - confirmed},
    )
