"""Writing down who opened what is kept about somebody, so that the person can see it."""

from collections.abc import Collection
from datetime import datetime
from typing import Unpack

from django.db.models import Model, Q

from accounts.actors import ApiClientPrincipal
from accounts.models import Event, Person
from accounts.services.ledger import EventFields, record
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


def _was_read_today(
    by: Person | ApiClientPrincipal, about: Model, *, verb: str, now: datetime
) -> bool:
    reader = Q(by_client=by.client) if isinstance(by, ApiClientPrincipal) else Q(by_person=by.pk)
    read = Event.objects.filter(
        reader,
        verb=verb,
        about_type=about._meta.label_lower,  # noqa: SLF001 (documented by Django)
        about_id=about.pk,
        happened_at__gte=london_midnight(london_date(now)),
        happened_at__lte=now,
    )
    return read.exists()
