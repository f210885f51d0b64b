"""Claims of prior learning: made and taken back by the person, decided level by level."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.selectors.relations import (
    Relation,
    line_manager_of,
    main_organisation_id,
    relations_to,
)
from accounts.services.ledger import record
from accounts.services.reading import record_reading
from accounts.standing import standing
from common.dates import london_date
from common.errors import Conflict, Forbidden
from notifications.services.notices import notify
from pathways.models import (
    AssessorAppointment,
    AttainmentSource,
    ClaimedLevel,
    ClaimEvidence,
    Competency,
    PriorLearningClaim,
)
from pathways.models.evidence import CLAIM_WORKFLOW
from pathways.policies.evidence import may_claim_prior_learning, may_decide_claim
from pathways.selectors.assessors import assessors_of
from pathways.selectors.evidence import evidence_of
from pathways.selectors.prior_learning import claimable, levels_for
from pathways.services.attainments import record_attainments

# An assessor of another organisation reaches none of the person's rows but through this.
DECIDER = SystemJob("pathways.decide_claim", organisation_ids=None)


class Claimed(NamedTuple):
    """What a person claims: where and when it was learned, and the levels (competency -> rank).

    ``appointment`` names an assessor; without one, line manager or learning lead decide.
    """

    title: str
    finished_on: date
    statement: str
    ranks: Mapping[int, int]
    provider: str = ""
    evidence: Sequence[int] = ()
    appointment: AssessorAppointment | None = None


class Decision(NamedTuple):
    """What becomes of one level: the rank that is accepted, or None, and why."""

    rank: int | None
    reason: str = ""


@transaction.atomic
def submit_claim(
    *, person: Person, claimed: Claimed, by: Actor, now: datetime
) -> PriorLearningClaim:
    """Claim that what ``person`` learned elsewhere counts; whoever decides is told.

    Refuses: ``may_not_claim``, ``nothing_claimed``, ``level_not_on_scale``, ``not_finished_yet``,
    ``evidence_not_yours``, ``assessor_not_appointed``, ``other_framework``, ``nobody_decides``.
    """
    today = london_date(now)
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
    if not may_claim_prior_learning(relations_to(by, person, on=today)):
        raise Forbidden(_("You can only claim for yourself."), code="may_not_claim")
    _refuse_unfit(person, claimed, on=today)
    claim = PriorLearningClaim.objects.create(
        person=person,
        organisation_id=_where(person, claimed.appointment, claimed.ranks, on=today),
        assessor=claimed.appointment.assessor if claimed.appointment else None,
        appointment=claimed.appointment,
        title=claimed.title,
        provider=claimed.provider,
        finished_on=claimed.finished_on,
        statement=claimed.statement,
        submitted_at=now,
    )
    ClaimedLevel.objects.bulk_create(
        ClaimedLevel(claim=claim, competency_id=key, rank=rank)
        for key, rank in claimed.ranks.items()
    )
    ClaimEvidence.objects.bulk_create(
        ClaimEvidence(claim=claim, evidence_id=key) for key in sorted(set(claimed.evidence))
    )
    ranks = {str(key): rank for key, rank in claimed.ranks.items()}
    _record(claim, "submit_claim", "may_claim_prior_learning", by=by, now=now, levels=ranks)
    _tell_who_decides(claim, now=now)
    return claim


@transaction.atomic
def withdraw_claim(*, claim: PriorLearningClaim, by: Actor, now: datetime) -> PriorLearningClaim:
    """Take a claim back before it is decided. Refuses: ``may_not_claim``, ``stale_state``."""
    claim = _lock(claim)
    if not may_claim_prior_learning(relations_to(by, claim.person, on=london_date(now))):
        raise Forbidden(_("Only the person who claimed can take it back."), code="may_not_claim")
    claim.state = CLAIM_WORKFLOW.target("withdraw", current=claim.state)
    claim.decided_at = now
    claim.save(update_fields=["state", "decided_at"])
    _record(claim, "withdraw_claim", "may_claim_prior_learning", by=by, now=now)
    return claim


@transaction.atomic
def decide_claim(
    *,
    claim: PriorLearningClaim,
    decisions: Mapping[int, Decision],
    by: Person,
    now: datetime,
    statement: str = "",
    valid_to: date | None = None,
) -> PriorLearningClaim:
    """Accept or refuse every level of a claim (level's id -> decision), once; the person is told.

    What is accepted counts from the day the learning was finished, until ``valid_to`` if given.
    Refuses: ``may_not_decide_claim``, ``stale_state``, ``decisions_missing``, ``reason_missing``,
    ``level_not_on_scale``, ``ends_before_it_began``.
    """
    claim = _lock(claim)
    refuse_unless_may_decide(claim, by=by, on=london_date(now))
    claim.state = CLAIM_WORKFLOW.target("decide", current=claim.state)
    levels = list(claim.levels.select_related("competency__version").order_by("pk"))
    _refuse_unless_whole(levels, decisions)
    _refuse_wrong_end(claim, valid_to)
    claim.decided_at, claim.decided_by, claim.decision = now, by, statement
    # The walls show an assessor of elsewhere the claim alone, not the person's levels.
    with lifted(DECIDER):
        claim.save(update_fields=["state", "decided_at", "decided_by", "decision"])
        _settle(levels, decisions)
        _write_levels(claim, levels, valid_to=valid_to, by=by, now=now)
    accepted = {str(one.competency_id): one.accepted_rank for one in levels if one.accepted}
    reasons = {f"reason_{one.competency_id}": one.reason for one in levels if one.reason}
    private = {**reasons, **({"decision": statement} if statement else {})}
    _record(
        claim, "decide_claim", "may_decide_claim", by=by, now=now, private=private, levels=accepted
    )
    _tell_person(claim, levels, now=now)
    return claim


def may_decide_now(claim: PriorLearningClaim, *, by: Person, on: date) -> bool:
    """Whether ``by`` decides ``claim`` on ``on``."""
    appointment = claim.appointment
    holds = (
        appointment is not None
        and appointment.is_in_force(on=on)
        and _is_for(appointment, claim.levels.values_list("competency_id", flat=True))
    )
    relations = relations_to(by, claim.person, on=on)
    if claim.organisation_id not in standing(by, on=on).covered_by(Relation.LEARNING_LEAD):
        relations -= {Relation.LEARNING_LEAD}
    return may_decide_claim(
        relations,
        names_somebody=claim.assessor_id is not None,
        is_named_and_appointed=claim.assessor_id == by.pk and holds,
    )


def _is_for(appointment: AssessorAppointment, competencies: Iterable[int]) -> bool:
    """Whether an assessor of one framework is asked about that one alone."""
    if appointment.framework_id is None:
        return True
    asked = set(competencies)
    rows = Competency.objects.filter(pk__in=asked)
    return rows.filter(version__framework_id=appointment.framework_id).count() == len(asked)


def refuse_unless_may_decide(claim: PriorLearningClaim, *, by: Person, on: date) -> None:
    if not may_decide_now(claim, by=by, on=on):
        raise Forbidden(
            _("Only the assessor who was named, or line manager and learning lead, can decide."),
            code="may_not_decide_claim",
        )


def read_claim(*, claim: PriorLearningClaim, by: Actor, now: datetime) -> None:
    """Leave a trace that somebody other than its person opened a claim."""
    record_reading(
        by=by,
        now=now,
        verb="read_claim",
        about=claim,
        rule="claims_seen",
        organisation_id=claim.organisation_id,
        subject_id=claim.person_id,
        parties=(claim.person_id,),
    )


def _lock(claim: PriorLearningClaim) -> PriorLearningClaim:
    # Two who decide at once queue here, so that one of them decides.
    return (
        PriorLearningClaim.objects.select_for_update(of=("self",))
        .select_related("person", "appointment")
        .get(pk=claim.pk)
    )


def _refuse_unfit(person: Person, claimed: Claimed, *, on: date) -> None:
    if claimed.finished_on > on:
        raise Conflict(
            _("Claim what you have finished. This day is still to come."), code="not_finished_yet"
        )
    if not claimed.ranks:
        raise Conflict(_("Select at least one level that you claim."), code="nothing_claimed")
    offered = {
        (competency.pk, level.rank)
        for competency, levels in claimable(person=person, on=on)
        for level in levels
    }
    if not set(claimed.ranks.items()) <= offered:
        raise _not_on_scale()
    mine = set(evidence_of(person=person).values_list("pk", flat=True))
    if not set(claimed.evidence) <= mine:
        raise Conflict(
            _("Some of this evidence is no longer in your evidence. Select again."),
            code="evidence_not_yours",
        )


def _where(
    person: Person, named: AssessorAppointment | None, ranks: Iterable[int], *, on: date
) -> int:
    """The organisation that keeps the claim; refuses where nobody there could decide it."""
    if named is not None:
        if not assessors_of(person=person, on=on).filter(pk=named.pk).exists():
            raise Conflict(
                _("This assessor is not appointed for you any more. Choose somebody else."),
                code="assessor_not_appointed",
            )
        if not _is_for(named, ranks):
            raise Conflict(
                _("%(person)s is appointed for another framework than one of these levels.")
                % {"person": named.assessor.full_name},
                code="other_framework",
            )
        return named.organisation_id
    organisation_id = main_organisation_id(person, on=on)
    if organisation_id is None:
        raise Conflict(
            _("You belong to no organisation at the moment, so nobody could decide your claim."),
            code="nobody_decides",
        )
    return organisation_id


def _refuse_unless_whole(levels: list[ClaimedLevel], decisions: Mapping[int, Decision]) -> None:
    if {level.pk for level in levels} != set(decisions):
        raise Conflict(_("Decide about each of the levels."), code="decisions_missing")
    offered = levels_for([level.competency for level in levels])
    for level, scale in zip(levels, offered, strict=True):
        decision = decisions[level.pk]
        if decision.rank is not None and decision.rank not in {one.rank for one in scale}:
            raise _not_on_scale()
        if decision.rank != level.rank and not decision.reason.strip():
            raise Conflict(
                _("Give a reason for each level that you do not accept as it was claimed."),
                code="reason_missing",
            )


def _not_on_scale() -> Conflict:
    return Conflict(
        _("One of these levels is not on the framework's scale."), code="level_not_on_scale"
    )


def _refuse_wrong_end(claim: PriorLearningClaim, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < claim.finished_on:
        raise Conflict(
            _("The levels cannot end before the learning was finished."),
            code="ends_before_it_began",
        )


def _settle(levels: list[ClaimedLevel], decisions: Mapping[int, Decision]) -> None:
    for level in levels:
        decision = decisions[level.pk]
        level.accepted = decision.rank is not None
        level.accepted_rank, level.reason = decision.rank, decision.reason
    ClaimedLevel.objects.bulk_update(levels, ["accepted", "accepted_rank", "reason"])


def _write_levels(
    claim: PriorLearningClaim,
    levels: list[ClaimedLevel],
    *,
    valid_to: date | None,
    by: Person,
    now: datetime,
) -> None:
    ranks = {level.competency_id: level.accepted_rank for level in levels if level.accepted}
    if ranks:
        record_attainments(
            person=claim.person,
            ranks=ranks,
            source=AttainmentSource.PRIOR,
            source_key=f"claim:{claim.pk}",
            attained_on=claim.finished_on,
            valid_to=valid_to,
            by=by,
            now=now,
        )


def _record(
    claim: PriorLearningClaim,
    verb: str,
    rule: str,
    *,
    by: Actor,
    now: datetime,
    private: Mapping[str, str] | None = None,
    **facts: Any,
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=claim,
        rule=rule,
        organisation_id=claim.organisation_id,
        subject_id=claim.person_id,
        facts=facts,
        private=private or {},
    )


def _tell_who_decides(claim: PriorLearningClaim, *, now: datetime) -> None:
    """The assessor, or the line manager of today; learning leads find it on their list."""
    decides = claim.assessor or line_manager_of(claim.person, on=london_date(now))
    if decides is not None:
        notify(
            recipient=decides,
            rule="pathways.claim_submitted",
            subject_key=f"claim:{claim.pk}:submitted",
            url=reverse("pathways:claim_show", args=[claim.pk]),
            now=now,
            facts={"person": claim.person.full_name},
        )


def _tell_person(claim: PriorLearningClaim, levels: list[ClaimedLevel], *, now: datetime) -> None:
    notify(
        recipient=claim.person,
        rule="pathways.claim_decided",
        subject_key=f"claim:{claim.pk}:decided",
        url=reverse("pathways:claim_show", args=[claim.pk]),
        now=now,
        facts={"accepted": sum(bool(one.accepted) for one in levels), "levels": len(levels)},
    )
