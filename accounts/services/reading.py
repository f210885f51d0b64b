"""Writing down who opened what is kept about somebody, so that the person can see it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Unpack

from django.db.models import Model, Q

from accounts.actors import ApiClientPrincipal
from accounts.models import Event, Person
from accounts.services.ledger import EventFields, event_row, record
from common.dates import london_date, london_midnight


def record_reading(
    *, parties: Collection[int | None], **fields: Unpack[EventFields]
) -> Event | None:
    """Record that ``by`` read ``about``: once for each reader, record and day.

    ``parties`` are the people between whom it is: they leave no trace, nor does a job of the
    system, which shows nothing to anybody.
    """
    by = fields["by"]
    if not isinstance(by, Person | ApiClientPrincipal):
        return None
    if isinstance(by, Person) and by.pk in parties:
        return None
    if _was_read_today(by, fields["about"], verb=fields["verb"], now=fields["now"]):
        return None
    return record(**fields)


def record_readings(readings: Sequence[EventFields]) -> list[Event]:
    """The same for a list that one reader opened at once, the parties' own rows left out: one
    statement asks what was read today, one writes the rest."""
    by = readings[0]["by"] if readings else None
    if not isinstance(by, Person | ApiClientPrincipal):
        return []
    about = [told["about"] for told in readings]
    verb, now = readings[0]["verb"], readings[0]["now"]
    read = _read_today(by, about, verb=verb, now=now)
    rows = [event_row(**told) for told in readings if told["about"].pk not in read]
    return Event.objects.bulk_create(rows)


def _was_read_today(
    by: Person | ApiClientPrincipal, about: Model, *, verb: str, now: datetime
) -> bool:
    return about.pk in _read_today(by, [about], verb=verb, now=now)


def _read_today(
    by: Person | ApiClientPrincipal, about: Sequence[Model], *, verb: str, now: datetime
) -> set[int]:
    """The numbers of those of ``about``, all of one kind, that ``by`` opened today."""
    reader = Q(by_client=by.client) if isinstance(by, ApiClientPrincipal) else Q(by_person=by.pk)
    read = Event.objects.filter(
        reader,
        verb=verb,
        about_type=about[0]._meta.label_lower,  # noqa: SLF001 (documented by Django)
        about_id__in=[row.pk for row in about],
        happened_at__gte=london_midnight(london_date(now)),
        happened_at__lte=now,
    )
    return {pk for pk in read.values_list("about_id", flat=True) if pk is not None}
