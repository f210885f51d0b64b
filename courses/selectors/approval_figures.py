"""What became of requests that needed approval, per organisation and quarter: a gate that is
counted, with small numbers protected."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Count, Q, Value, When
from django.db.models.functions import Trunc

from accounts.actors import SystemJob
from accounts.scope import lifted
from common.dates import LONDON, add_months, london_midnight, working_days_between
from common.suppression import LEAST_GROUP, Shown, suppressed
from courses.models import (
    Approval,
    Contest,
    ContestState,
    DecidedBy,
    Enrolment,
    EnrolmentQuerySet,
    RefusalReason,
)

# Whoever may see the figures of an organisation sees no single request through them.
COUNTER = SystemJob("courses.count_approvals", organisation_ids=None)
MONTHS = 3

# What a request has come to, in the order in which it is told.
OUTCOMES = (
    "GRANTED",
    "GRANTED_BY_SILENCE",
    "UNASKED",
    "REFUSED",
    "REFUSED_BY_SILENCE",
    "WAITING",
    "ENDED",
)


@dataclass(frozen=True, slots=True)
class ApprovalFigures:
    """Of requests made from ``first`` to the day before ``until``: how many people's came to each
    of ``OUTCOMES``, how many were refused for each reason, what became of contests (counts rounded,
    None where hidden), and the median working days in which a person answered (None where fewer
    than ``LEAST_GROUP`` answers were given)."""

    first: date
    until: date
    outcomes: Shown[str]
    reasons: Mapping[str, int | None]
    contests: Shown[str]
    median_days: int | None

    @property
    def is_empty(self) -> bool:
        return self.outcomes.total is None


def quarter_of(day: date) -> date:
    """The first day of the quarter of ``day``; quarters of the financial year begin with those of
    the calendar."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarters_until(day: date, *, count: int) -> list[date]:
    """The first days of the last quarters, that of ``day`` first."""
    latest = quarter_of(day)
    return [add_months(latest, -MONTHS * back) for back in range(count)]


def approval_figures(*, organisation_id: int, first: date) -> ApprovalFigures:
    """Count one quarter of an organisation; four statements at any size. The caller has judged who
    may be told."""
    until = add_months(first, MONTHS)
    asked = Q(
        organisation_id=organisation_id,
        basis="APPROVAL",
        # Another session, and a place won back, are the same wish.
        moved_from__isnull=True,
        won_back_from__isnull=True,
        requested_at__gte=london_midnight(first),
        requested_at__lt=london_midnight(until),
    )
    with lifted(COUNTER):
        rows = Enrolment.objects.filter(asked)
        outcomes = suppressed(_people_by_outcome(rows))
        refused = rows.filter(state="REFUSED", decided_by__isnull=False)
        reasons = _reasons(dict(_people_by(refused, "refusal_reason")))
        contests = _contests(rows)
        days = _answer_days(rows)
    # The reasons add up to what was refused, so they are told only where that is told.
    if outcomes.cells["REFUSED"] is None:
        reasons = dict.fromkeys(reasons)
    return ApprovalFigures(first, until, outcomes, reasons, contests, _median(days))


def _people_by_outcome(rows: EnrolmentQuerySet) -> dict[str, int]:
    by_silence = Q(decided_by_rule=DecidedBy.SILENCE_GRANTS)
    outcome = Case(
        When(state="REQUESTED", then=Value("WAITING")),
        When(state="REFUSED", decided_by__isnull=False, then=Value("REFUSED")),
        When(state="REFUSED", then=Value("REFUSED_BY_SILENCE")),
        When(decided_at__isnull=True, then=Value("ENDED")),
        When(by_silence, then=Value("GRANTED_BY_SILENCE")),
        When(decided_by_rule=DecidedBy.NOT_NEEDED, then=Value("UNASKED")),
        default=Value("GRANTED"),
        output_field=CharField(),
    )
    found = dict(_people_by(rows.annotate(outcome=outcome), "outcome"))
    return {name: found.get(name, 0) for name in OUTCOMES}


def _people_by(rows: EnrolmentQuerySet, name: str) -> Iterable[tuple[str, int]]:
    counted = rows.order_by().values(name).annotate(people=Count("person", distinct=True))
    return counted.values_list(name, "people")


def _reasons(found: dict[str, int]) -> dict[str, int | None]:
    given = [each.value for each in RefusalReason if each != RefusalReason.NO_ANSWER]
    return dict(suppressed({name: found.get(name, 0) for name in given}).cells)


def _contests(rows: EnrolmentQuerySet) -> Shown[str]:
    made = Contest.objects.filter(enrolment__in=rows.values("pk")).order_by()
    counted = made.values("state").annotate(people=Count("enrolment__person", distinct=True))
    found = dict(counted.values_list("state", "people"))
    return suppressed({state.value: found.get(state.value, 0) for state in ContestState})


def _answer_days(rows: EnrolmentQuerySet) -> Counter[int]:
    """Working days to an answer of a person -> how many stages took so long."""
    answered = Approval.objects.filter(
        enrolment__in=rows.values("pk"), decided_by__isnull=False, asked_at__isnull=False
    )
    pairs = (
        answered.order_by()
        .annotate(
            asked_on=Trunc("asked_at", "day", tzinfo=LONDON),
            decided_on=Trunc("decided_at", "day", tzinfo=LONDON),
        )
        .values("asked_on", "decided_on")
        .annotate(answers=Count("pk"))
        .values_list("asked_on", "decided_on", "answers")
    )
    found: Counter[int] = Counter()
    for asked_on, decided_on, answers in pairs:
        found[working_days_between(asked_on.date(), decided_on.date())] += answers
    return found


def _median(days: Counter[int]) -> int | None:
    if days.total() < LEAST_GROUP:
        return None
    ordered = sorted(days.elements())
    return ordered[len(ordered) // 2]
