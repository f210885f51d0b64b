"""Requests to confirm a level: what may be put forward, who waits for whom, and what was decided.

An assessor from elsewhere reads here what was put before them, and nothing of the person's record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.actors import Actor, SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.selectors.relations import Relation
from accounts.visibility import tied_to
from common.dates import london_midnight
from pathways.models import (
    Attainment,
    AttainmentSource,
    Evidence,
    Level,
    LevelDescriptor,
    RequestState,
    VerificationEvidence,
    VerificationItem,
    VerificationRequest,
)
from pathways.models.assessing import VerificationRequestQuerySet

CONFIRMING = (AttainmentSource.MANAGER, AttainmentSource.ASSESSOR)
_LOOKS_FOR_NEWER = SystemJob("pathways.assessed_again", organisation_ids=None)


def level_label() -> Subquery:
    """The words of ``rank`` on the scale of ``competency``, its own or that of its edition."""
    scale = Coalesce(OuterRef("competency__scale"), OuterRef("competency__version__scale"))
    return Subquery(
        Level.objects.filter(scale=scale, rank=OuterRef("rank")).values("label")[:1],
        output_field=CharField(),
    )


def _meaning() -> Subquery:
    described = LevelDescriptor.objects.filter(
        competency=OuterRef("competency"), level__rank=OuterRef("rank")
    )
    return Subquery(described.values("text")[:1])


def levels_to_confirm(*, person: Person, on: date) -> QuerySet[Attainment]:
    """What ``person`` last said of each competency, where nobody has confirmed a level since and
    no request waits; in the order of the frameworks."""
    own = Attainment.objects.filter(
        person=person, source=AttainmentSource.SELF, attained_on__lte=on
    )
    latest = own.order_by("competency_id", "-attained_on", "-pk").distinct("competency_id")
    since = Attainment.objects.filter(
        person=person,
        competency=OuterRef("competency"),
        source__in=CONFIRMING,
        recorded_at__gt=OuterRef("recorded_at"),
    )
    waiting = VerificationItem.objects.filter(
        request__subject=person,
        request__state=RequestState.ASKED,
        competency=OuterRef("competency"),
    )
    return (
        Attainment.objects.filter(pk__in=latest.values("pk"), rank__isnull=False)
        .exclude(Exists(since))
        .exclude(Exists(waiting))
        .select_related("competency__domain", "competency__version__framework")
        .annotate(level_label=level_label())
        .order_by(
            "competency__version__framework__title",
            "competency__version_id",
            "competency__domain__position",
            "competency__position",
            "pk",
        )
    )


def evidence_to_show(*, person: Person) -> QuerySet[Evidence]:
    """The evidence ``person`` may attach to a request, the newest first."""
    return Evidence.objects.filter(person=person, removed_at__isnull=True).order_by(
        "-added_at", "-pk"
    )


def requests_as_told(*, actor: Actor, on: date) -> VerificationRequestQuerySet:
    """How far every request is that ``actor`` may see, without what either side wrote."""
    items = VerificationItem.objects.defer("reason").order_by(
        "competency__version_id", "competency__domain__position", "competency__position", "pk"
    )
    seen = VerificationRequest.objects.visible_to(actor, on=on).defer("message", "statement")
    return seen.prefetch_related(Prefetch("items", queryset=items))


def counts_by_state(requests: VerificationRequestQuerySet) -> list[dict[str, Any]]:
    """How many of ``requests`` each organisation keeps in each state."""
    counted = requests.order_by().values("organisation_id", "state").annotate(requests=Count("pk"))
    return [dict(row) for row in counted.order_by("organisation_id", "state")]


def requests_to_answer(reader: Person, *, on: date) -> VerificationRequestQuerySet:
    """What waits for ``reader``: as the line manager of the day or as the assessor who was asked;
    the longest-waiting first."""
    return (
        VerificationRequest.objects.visible_to(reader, on=on)
        .filter(Q(assessor=reader) | Q(assessor__isnull=True), state=RequestState.ASKED)
        .exclude(subject=reader)
        .select_related("subject", "organisation")
        .annotate(item_count=Count("items"))
        .order_by("asked_at", "pk")
    )


def requests_of(person: Person, *, reader: Person, on: date) -> VerificationRequestQuerySet:
    """What ``person`` asked that ``reader`` may see on ``on``, the newest first."""
    rows = VerificationRequest.objects.visible_to(reader, on=on).filter(subject=person)
    return with_items(rows).order_by("-asked_at", "-pk")


def requests_answered_by(reader: Person, *, on: date, day: date) -> VerificationRequestQuerySet:
    """What ``reader`` had answered by the end of ``day`` and may still see on ``on``, the newest
    answer first."""
    end = london_midnight(day + timedelta(days=1))
    rows = VerificationRequest.objects.visible_to(reader, on=on).filter(decided_by=reader)
    return with_items(rows.filter(decided_at__lt=end)).order_by("-decided_at", "-pk")


def as_of(rows: VerificationRequestQuerySet, day: date) -> VerificationRequestQuerySet:
    """``rows`` as they were at the end of ``day``; ``is_open_then``: nobody had answered yet."""
    end = london_midnight(day + timedelta(days=1))
    is_open = Case(When(decided_at__lt=end, then=Value(False)), default=Value(True))
    return rows.filter(asked_at__lt=end).annotate(is_open_then=is_open)


def with_items(rows: VerificationRequestQuerySet) -> VerificationRequestQuerySet:
    """``rows`` with their levels, their words and what is shown with each; four statements."""
    shown = VerificationEvidence.objects.select_related("evidence").order_by("pk")
    items = (
        VerificationItem.objects.select_related("competency__domain", "competency__version")
        .annotate(level_label=level_label(), meaning=_meaning())
        .prefetch_related(Prefetch("evidence", queryset=shown))
        .order_by(
            "competency__version_id", "competency__domain__position", "competency__position", "pk"
        )
    )
    return rows.select_related(
        "subject", "assessor", "appointment", "organisation", "decided_by"
    ).prefetch_related(Prefetch("items", queryset=items))


def assessed_again(request: VerificationRequest) -> frozenset[int]:
    """Competencies of a waiting ``request`` that the person has answered anew since asking.

    An assessor may not see the person's levels, but is told that this one is not the latest.
    """
    if request.state != RequestState.ASKED:
        return frozenset()
    newer = Attainment.objects.filter(
        person=request.subject_id, source=AttainmentSource.SELF, pk__gt=OuterRef("claimed_id")
    ).filter(competency=OuterRef("competency"))
    # Who reads this was let in to the request; nothing leaves but which of its items it is.
    with lifted(_LOOKS_FOR_NEWER):
        found = VerificationItem.objects.filter(Exists(newer), request=request)
        return frozenset(found.values_list("competency_id", flat=True))


def who_may_read_sign_offs(reader: Person, *, on: date) -> QuerySet[Person]:
    """People whose sign-offs ``reader`` may read: their own, and those of their reports."""
    team = tied_to(reader, on=on, field="pk", ties=(Relation.LINE_MANAGER,))
    return Person.objects.filter(team | Q(pk=reader.pk))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who is to answer a request now; ``is_stuck`` when nobody is, and the person must ask anew."""

    request: VerificationRequest
    by: Person | None

    @property
    def is_stuck(self) -> bool:
        return self.by is None


def who_answers(
    requests: Iterable[VerificationRequest], *, line_manager: Person | None, on: date
) -> list[Waiting]:
    """For each waiting request of one person, whoever answers it on ``on``."""
    return [Waiting(one, _answers(one, line_manager, on)) for one in requests]


def _answers(request: VerificationRequest, line_manager: Person | None, on: date) -> Person | None:
    if request.assessor_id is None:
        return line_manager
    return request.assessor if is_appointed(request, on=on) else None


def is_appointed(request: VerificationRequest, *, on: date) -> bool:
    """Whether the appointment under which an assessor was asked holds on ``on``."""
    held = request.appointment
    return held is not None and held.is_in_force(on=on)
