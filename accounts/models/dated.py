"""What every dated fact shares: it starts on a day, and it ends on a day or is still true."""

from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _


class Days(NamedTuple):
    """From ``starts_on`` to ``ends_on``, both days included; without an end, for good."""

    starts_on: date
    ends_on: date | None = None


def in_force(on: date, *, prefix: str = "") -> Q:
    """The condition that a dated row, reached through ``prefix``, holds on ``on``."""
    return Q(**{f"{prefix}starts_on__lte": on}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": on})
    )


class DatedQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> Self:
        """Only rows in force on ``day``; both ends are inclusive."""
        return self.filter(in_force(day))

    def during(self, days: Days) -> Self:
        """Only rows in force on at least one of ``days``."""
        rows = self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=days.starts_on))
        return rows.filter(starts_on__lte=days.ends_on) if days.ends_on else rows

    def from_day_on(self, day: date) -> Self:
        """Only rows in force on ``day`` or to come."""
        return self.during(Days(day))


class Dated(models.Model):
    """A fact that holds from ``starts_on`` to ``ends_on``, both days included."""

    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        abstract = True

    def is_in_force(self, *, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    def stop(self, *, on: date) -> None:
        """Let it hold no more from ``on``: it ends the day before, or never was."""
        if self.starts_on >= on:
            self.delete()
            return
        self.ends_on = on - timedelta(days=1)
        self.save(update_fields=["ends_on"])


def ends_after_start(name: str) -> models.CheckConstraint:
    """The last day is never before the first."""
    return models.CheckConstraint(
        name=name, condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
    )


def never_twice(name: str, *fields: str, condition: Q | None = None) -> ExclusionConstraint:
    """No two rows with equal ``fields`` may hold on the same day."""
    period = Func(
        F("starts_on"),
        F("ends_on"),
        RangeBoundary(inclusive_lower=True, inclusive_upper=True),
        function="DATERANGE",
        output_field=DateRangeField(),
    )
    same = [(field, RangeOperators.EQUAL) for field in fields]
    return ExclusionConstraint(
        name=name, expressions=[*same, (period, RangeOperators.OVERLAPS)], condition=condition
    )
