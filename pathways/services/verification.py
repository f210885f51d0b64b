"""Asking somebody to confirm what one says of oneself, and taking that back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import line_manager_of, main_organisation_id, relations_to
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from notifications.services.notices import notify
from pathways.models import (
    AssessorAppointment,
    Attainment,
    Evidence,
    EvidenceUse,
    VerificationEvidence,
    VerificationItem,
    VerificationRequest,
)
from pathways.models.assessing import REQUEST_WORKFLOW
from pathways.policies.verification import may_ask, may_withdraw
from pathways.selectors.assessors import assessors_of
from pathways.selectors.verification import evidence_to_show, levels_to_confirm


class Asked(NamedTuple):
    """What a person puts forward: their own levels (numbers of attainments) and their evidence.

    ``appointment`` names an assessor; without, the line manager is asked.
    """

    levels: Sequence[int]
    appointment: AssessorAppointment | None = None
    message: str = ""
    evidence: Sequence[int] = ()


@transaction.atomic
def ask_for_verification(
    *, subject: Person, asked: Asked, by: Actor, now: datetime
) -> VerificationRequest:
    """Ask for levels to be confirmed, each in one request at a time; whoever is asked is told.

    Refuses: ``may_not_ask``, ``nothing_chosen``, ``assessor_not_appointed``, ``no_line_manager``,
    ``level_not_open``, ``other_framework``, ``evidence_not_yours``.
    """
    today = london_date(now)
    # Two tabs would otherwise both find that nothing waits yet.
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=subject.pk)
    if not may_ask(relations_to(by, subject, on=today)):
        raise Forbidden(_("You can only put your own levels forward."), code="may_not_ask")
    held = _appointment_in_force(subject, asked.appointment, on=today)
    answers = _who_answers(subject, held, on=today)
    claims = _claims(subject, asked.levels, held, on=today)
    request = VerificationRequest.objects.create(
        subject=subject,
        assessor=held.assessor if held else None,
        appointment=held,
        organisation_id=held.organisation_id if held else main_organisation_id(subject, on=today),
        message=asked.message,
        asked_at=now,
    )
    _write_items(request, claims, asked.evidence)
    _record(request, verb="ask_for_verification", rule="may_ask", by=by, now=now)
    _tell(request, answers, count=len(claims), now=now)
    return request


@transaction.atomic
def withdraw_verification(
    *, request: VerificationRequest, by: Actor, now: datetime
) -> VerificationRequest:
    """Take a request back before it is answered.

    Refuses: ``may_not_withdraw``, ``stale_state``.
    """
    request = VerificationRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not may_withdraw(relations_to(by, request.subject, on=london_date(now))):
        raise Forbidden(_("Only the person who asked can take this back."), code="may_not_withdraw")
    request.state = REQUEST_WORKFLOW.target("withdraw", current=request.state)
    request.decided_at = now
    request.save(update_fields=["state", "decided_at"])
    _record(request, verb="withdraw_verification", rule="may_withdraw", by=by, now=now)
    return request


def _appointment_in_force(
    subject: Person, named: AssessorAppointment | None, *, on: date
) -> AssessorAppointment | None:
    if named is None:
        return None
    held = assessors_of(person=subject, on=on).filter(pk=named.pk).first()
    if held is None:
        raise Conflict(
            _("This assessor is not appointed for you any more. Choose somebody else."),
            code="assessor_not_appointed",
        )
    return held


def _who_answers(subject: Person, held: AssessorAppointment | None, *, on: date) -> Person:
    if held is not None:
        return held.assessor
    manager = line_manager_of(subject, on=on)
    if manager is None:
        raise Conflict(
            _(
                "You have no line manager on record, so nobody could answer. "
                "Ask your HR team to record who it is, or choose an assessor."
            ),
            code="no_line_manager",
        )
    return manager


def _claims(
    subject: Person, levels: Sequence[int], held: AssessorAppointment | None, *, on: date
) -> list[Attainment]:
    if not levels:
        raise Conflict(_("Select at least one level to be confirmed."), code="nothing_chosen")
    claims = list(levels_to_confirm(person=subject, on=on).filter(pk__in=levels))
    if len(claims) != len(set(levels)):
        raise Conflict(
            _(
                "One of these levels has changed, or somebody is asked about it already. "
                "Load the page again to see what can be confirmed."
            ),
            code="level_not_open",
        )
    frameworks = {claim.competency.version.framework_id for claim in claims}
    if held is not None and held.framework_id and frameworks != {held.framework_id}:
        raise Conflict(
            _("%(person)s is appointed for another framework than one of these levels.")
            % {"person": held.assessor.full_name},
            code="other_framework",
        )
    return claims


def _write_items(
    request: VerificationRequest, claims: Sequence[Attainment], evidence: Sequence[int]
) -> None:
    items = VerificationItem.objects.bulk_create(
        VerificationItem(
            request=request, competency=claim.competency, claimed=claim, rank=claim.rank
        )
        for claim in claims
        if claim.rank is not None
    )
    shown = list(evidence_to_show(person=request.subject).filter(pk__in=evidence))
    if len(shown) != len(set(evidence)):
        raise Conflict(
            _("One of these pieces of evidence is not there any more."), code="evidence_not_yours"
        )
    VerificationEvidence.objects.bulk_create(
        VerificationEvidence(item=item, evidence=piece)
        for piece, about in _what_each_speaks_for(shown, items)
        for item in about
    )


def _what_each_speaks_for(
    shown: Sequence[Evidence], items: Sequence[VerificationItem]
) -> list[tuple[Evidence, list[VerificationItem]]]:
    """Each piece goes with the levels it was kept for; one that was kept for none of them was
    chosen for this request, and goes with all."""
    uses = set(
        EvidenceUse.objects.filter(evidence__in=shown).values_list("evidence_id", "competency_id")
    )
    told = []
    for piece in shown:
        about = [item for item in items if (piece.pk, item.competency_id) in uses]
        told.append((piece, about or list(items)))
    return told


def _tell(request: VerificationRequest, recipient: Person, *, count: int, now: datetime) -> None:
    notify(
        recipient=recipient,
        rule="pathways.verification_asked",
        subject_key=f"verification:{request.pk}:asked",
        url=reverse("pathways:verification_show", args=[request.pk]),
        now=now,
        facts={"person": request.subject.full_name, "count": count},
    )


def _record(
    request: VerificationRequest, *, verb: str, rule: str, by: Actor, now: datetime
) -> None:
    said = (
        {"message": request.message} if verb == "ask_for_verification" and request.message else {}
    )
    record(
        by=by,
        now=now,
        verb=verb,
        about=request,
        organisation_id=request.organisation_id,
        subject_id=request.subject_id,
        rule=rule,
        facts={
            "assessor": request.assessor_id,
            "competencies": sorted(request.items.values_list("competency_id", flat=True)),
        },
        private=said,
    )
