"""The evidence bank as it is read: by its person, and by whoever was shown a part of it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Sum

from accounts.actors import Actor
from accounts.models import Person
from pathways.models import (
    ClaimedLevel,
    ClaimEvidence,
    Competency,
    Evidence,
    EvidenceUse,
    Outcome,
    PriorLearningClaim,
    VerificationEvidence,
    VerificationRequest,
)
from pathways.selectors.frameworks import version_to_assess

_USES = Prefetch(
    "uses",
    queryset=EvidenceUse.objects.select_related("competency").order_by(
        "competency__domain__position", "competency__position", "pk"
    ),
)


def evidence_of(*, person: Person, competency_id: int | None = None) -> QuerySet[Evidence]:
    """What ``person`` keeps, the newest first, with what each piece speaks for."""
    kept = Evidence.objects.filter(person=person, removed_at__isnull=True)
    if competency_id is not None:
        kept = kept.filter(uses__competency_id=competency_id)
    return kept.prefetch_related(_USES).order_by("-added_at", "-pk")


def evidence_seen_by(actor: Actor, *, on: date) -> QuerySet[Evidence]:
    """What ``actor`` may open on ``on``, removed pieces included: their words stay."""
    return (
        Evidence.objects.visible_to(actor, on=on).select_related("person").prefetch_related(_USES)
    )


def evidence_as_told(*, actor: Actor, on: date) -> QuerySet[Evidence]:
    """What was shown to somebody, as far as ``actor`` may know of it: where, what for, and whether
    a level was accepted with it. The text, the address and the file are not read.

    Of two employers each knows of the claims and requests that it keeps, and of no others.
    """
    claims = PriorLearningClaim.objects.visible_to(actor, on=on).values("pk")
    requests = VerificationRequest.objects.visible_to(actor, on=on).values("pk")
    claimed = ClaimEvidence.objects.filter(claim__in=claims)
    asked = VerificationEvidence.objects.filter(item__request__in=requests)
    accepted = ClaimedLevel.objects.filter(
        claim__in=claims, claim__evidence__evidence=OuterRef("pk"), accepted=True
    )
    confirmed = asked.filter(evidence=OuterRef("pk"), item__outcome=Outcome.CONFIRMED)
    shown = Exists(claimed.filter(evidence=OuterRef("pk"))) | Exists(
        asked.filter(evidence=OuterRef("pk"))
    )
    return (
        Evidence.objects.visible_to(actor, on=on)
        .filter(shown)
        .annotate(is_accepted=Exists(accepted) | Exists(confirmed))
        .defer("text", "url", "file")
        .prefetch_related(
            "uses",
            Prefetch("claims", queryset=claimed),
            Prefetch("shown_in", queryset=asked.select_related("item")),
        )
    )


def competencies_to_show(*, person: Person, on: date) -> QuerySet[Competency]:
    """The competencies that evidence, or a claim, of ``person`` can speak for on ``on``."""
    version = version_to_assess(person=person, on=on)
    if version is None:
        return Competency.objects.none()
    return (
        Competency.objects.filter(version=version, is_assessable=True)
        .select_related("domain")
        .order_by("domain__position", "position", "pk")
    )


def bytes_kept(*, person: Person) -> int:
    """How much room the files of ``person`` take."""
    kept = Evidence.objects.filter(person=person, removed_at__isnull=True)
    return int(kept.aggregate(bytes=Sum("size"))["bytes"] or 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """One place where a piece of evidence was shown to somebody."""

    title: str
    state: str
    day: date


def shown_in(*, evidence: Evidence) -> list[Shown]:
    """Where ``evidence`` was shown, the latest first: claims and requests to confirm levels."""
    claims = evidence.claims.values_list("claim__title", "claim__state", "claim__submitted_at")
    asked = evidence.shown_in.values_list(
        "item__competency__title",
        "item__request__state",
        "item__request__asked_at",
    )
    rows = [Shown(title, state, at.date()) for title, state, at in [*claims, *asked]]
    return sorted(rows, key=lambda row: row.day, reverse=True)
