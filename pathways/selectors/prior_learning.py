"""Claims of prior learning: one's own, those that wait for one, and what can be claimed."""

from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Person, ReportingLine
from accounts.models.dated import in_force
from accounts.visibility import covers, members_of, standing, tied_to
from pathways.models import (
    ClaimedLevel,
    ClaimState,
    Competency,
    Evidence,
    Level,
    PriorLearningClaim,
)
from pathways.selectors.evidence import competencies_to_show

_LEVELS = Prefetch(
    "levels",
    queryset=ClaimedLevel.objects.select_related("competency__version").order_by(
        "competency__domain__position", "competency__position", "pk"
    ),
)


def claims_of(*, person: Person) -> QuerySet[PriorLearningClaim]:
    """What ``person`` has claimed, the latest first."""
    mine = PriorLearningClaim.objects.filter(person=person)
    return mine.select_related("assessor").order_by("-submitted_at", "-pk")


def claims_seen_by(actor: Actor, *, on: date) -> QuerySet[PriorLearningClaim]:
    """Every claim ``actor`` may read on ``on``, with its levels."""
    seen = PriorLearningClaim.objects.visible_to(actor, on=on)
    people = ("person", "assessor", "decided_by", "appointment", "organisation")
    return seen.select_related(*people).prefetch_related(_LEVELS)


def claims_as_told(claims: QuerySet[PriorLearningClaim]) -> QuerySet[PriorLearningClaim]:
    """``claims`` with their levels, without what anybody wrote; two statements."""
    return claims.defer("statement", "decision").prefetch_related(_LEVELS)


def claims_waiting_for(person: Person, *, on: date) -> QuerySet[PriorLearningClaim]:
    """Claims that ``person`` decides on ``on``, the longest waiting first.

    Those that name them; of their reports; and, for who leads learning, of people there who have
    no line manager.
    """
    named = Q(assessor=person) & in_force(on, prefix="appointment__")
    team = tied_to(person, on=on, field="person_id", ties=("LINE_MANAGER",))
    waiting = named | (Q(assessor__isnull=True) & team)
    place = standing(person, on=on)
    led = place.covered_by("LEARNING_LEAD")
    if led:
        lines = ReportingLine.objects.on(on).filter(kind="LINE_MANAGER")
        managed = Exists(lines.filter(person_id=OuterRef("person_id")))
        there = members_of(led, on=on, prefix="person__")
        # Whoever leads learning in another organisation of the person has no part in this one.
        there &= covers(place, led, field="organisation_id")
        waiting |= Q(assessor__isnull=True) & there & ~Q(managed)
    found = PriorLearningClaim.objects.filter(waiting, state=ClaimState.SUBMITTED)
    return found.exclude(person=person).select_related("person").order_by("submitted_at", "pk")


def evidence_of_claim(claim: PriorLearningClaim, *, actor: Actor, on: date) -> QuerySet[Evidence]:
    """What was shown with ``claim``, as far as ``actor`` may open it."""
    shown = Evidence.objects.visible_to(actor, on=on).filter(claims__claim=claim)
    return shown.order_by("added_at", "pk")


def claimable(*, person: Person, on: date) -> list[tuple[Competency, list[Level]]]:
    """Every competency that ``person`` can claim, with the levels of its scale that have a rank."""
    competencies = list(competencies_to_show(person=person, on=on).select_related("version"))
    return [
        (row, levels) for row, levels in zip(competencies, levels_for(competencies), strict=True)
    ]


def levels_for(competencies: list[Competency]) -> list[list[Level]]:
    """The levels each competency can be held at, from the lowest up, in one statement."""
    scales = [row.scale_id or row.version.scale_id for row in competencies]
    found: dict[int, list[Level]] = {}
    ranked = Level.objects.filter(scale_id__in=set(scales), rank__isnull=False)
    for level in ranked.order_by("rank"):
        found.setdefault(level.scale_id, []).append(level)
    return [found.get(scale, []) for scale in scales]
