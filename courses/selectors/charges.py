"""What a place costs in the end: all of its price, a stated part of it, or nothing."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, TruncDate

from accounts.actors import SystemJob
from accounts.scope import lifted
from common.dates import LONDON
from courses.models import Enrolment, EnrolmentQuerySet, EnrolmentState, MoneyRule, SessionState

READER = SystemJob("courses.read_charges", organisation_ids=None)
_USED = (EnrolmentState.ATTENDED, EnrolmentState.PARTIAL, EnrolmentState.COMPLETED)
_LATE_FROM = ExpressionWrapper(
    Coalesce("start_then", "session__starts_at") - F("late_days") * Value(timedelta(days=1)),
    output_field=DateTimeField(),
)


def with_due(rows: EnrolmentQuerySet) -> Any:
    """Annotate ``due_pence``, what the organisation charges that hosts the session.

    The rule in force on the day of the session decides: the price for a place that was used, a
    part of it for one that was missed or given up too late, rounded to the nearest penny (half a
    penny up), nothing for everything else. Without a rule only used places are charged. Too late
    is judged by when the session was to start as the place was given up: moving it afterwards makes
    nobody late. A session that is cancelled costs nobody anything.
    """
    rows = rows.annotate(session_day=TruncDate("session__starts_at", tzinfo=LONDON)).annotate(
        missed_percent=_of_the_rule("missed_percent"),
        late_percent=_of_the_rule("late_percent"),
        late_days=_of_the_rule("late_days"),
    )
    is_late = Q(state=EnrolmentState.WITHDRAWN, confirmed_at__isnull=False)
    percent = Case(
        When(session__state=SessionState.CANCELLED, then=Value(0)),
        When(state__in=_USED, then=Value(100)),
        When(state=EnrolmentState.ABSENT, then=F("missed_percent")),
        When(is_late & Q(ended_at__gt=_LATE_FROM), then=F("late_percent")),
        default=Value(0),
        output_field=IntegerField(),
    )
    whole = Cast(F("price_pence"), BigIntegerField())
    return rows.annotate(due_pence=(whole * percent + 50) / 100)


def late_charge_of(enrolment: Enrolment, *, now: datetime) -> int:
    """What would be charged, in pence, if a place was given up now; as ``with_due`` has it.

    Whoever teaches a session for its host asks too, and sees no rule of the host.
    """
    with lifted(READER):
        rows = with_due(Enrolment.objects.filter(pk=enrolment.pk))
        rule = rows.values("late_percent", "late_days").get()
    late_from = enrolment.session.starts_at - timedelta(days=rule["late_days"])
    if now <= late_from:
        return 0
    return int((enrolment.price_pence * rule["late_percent"] + 50) // 100)


def _of_the_rule(field: str) -> Coalesce:
    """``field`` of the rule that the host has on the day of the session; 0 without one."""
    rules = MoneyRule.objects.filter(
        organisation_id=OuterRef("session__offering__host_id"),
        starts_on__lte=OuterRef("session_day"),
    ).exclude(ends_on__lt=OuterRef("session_day"))
    return Coalesce(Subquery(rules.values(field)[:1]), 0, output_field=IntegerField())
