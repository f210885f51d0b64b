"""By what an organisation measures owed time, and what an hour of cover costs it, on a day."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.visibility import standing
from courses.models import KEEPS_TIME_RULES, BackfillRate, StudyTimeRule


@dataclass(frozen=True, slots=True)
class Days:
    """Days until the line manager is reminded of owed time, and until theirs is told."""

    remind: int
    escalate: int


# Four weeks are long enough to find another day, eight too long; an organisation may say otherwise.
DEFAULT_DAYS = Days(remind=28, escalate=56)


def days_of(organisation_id: int, *, on: date) -> Days:
    rule = StudyTimeRule.objects.on(on).filter(organisation_id=organisation_id).first()
    return Days(rule.remind_days, rule.escalate_days) if rule else DEFAULT_DAYS


def rate_of(organisation_id: int, *, band: str, on: date) -> int | None:
    """What an hour of cover for ``band`` costs on ``on``, in pence: the rate of the band, else the
    one for all others; None where none is stated."""
    rates = dict(
        BackfillRate.objects.on(on)
        .filter(organisation_id=organisation_id, band__in=[band, ""])
        .values_list("band", "pence_per_hour")
    )
    return rates.get(band, rates.get(""))


def organisations_ruled(actor: Actor, *, on: date) -> QuerySet[Organisation]:
    """Those whose rules ``actor`` keeps, by name."""
    place = standing(actor, on=on)
    rows = Organisation.objects.filter(place.covered_by(*KEEPS_TIME_RULES).within("pk"))
    return rows.order_by("name", "pk")


def rates_of(organisation: Organisation, *, on: date) -> QuerySet[BackfillRate]:
    """The rates in force and to come, the lowest band first and the one for all others last."""
    rows = BackfillRate.objects.from_day_on(on).filter(organisation=organisation)
    return rows.order_by("band", "starts_on", "pk")
