"""Writing the ledger: every service that changes something records one event in its transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import models

from accounts.actors import Actor, ApiClientPrincipal
from accounts.models import Event, Person


class EventFields(TypedDict):
    """What a service tells the ledger.

    ``verb`` is the domain's word ("enrol"), ``rule`` the policy that allowed it, ``facts`` plain
    values that changed (never somebody's free text: that stays in its own table).
    """

    by: Actor
    now: datetime
    verb: str
    about: models.Model
    rule: str
    organisation_id: NotRequired[int | None]
    subject_id: NotRequired[int | None]
    facts: NotRequired[Mapping[str, Any]]


def event_row(**fields: Unpack[EventFields]) -> Event:
    """An unsaved row, for services that record many events at once with ``bulk_create``."""
    by, about = fields["by"], fields["about"]
    return Event(
        happened_at=fields["now"],
        verb=fields["verb"],
        by_person=by if isinstance(by, Person) else None,
        by_client=by.client if isinstance(by, ApiClientPrincipal) else None,
        by_job="" if isinstance(by, Person | ApiClientPrincipal) else by.name,
        organisation_id=fields.get("organisation_id"),
        subject_id=fields.get("subject_id"),
        about_type=about._meta.label_lower,  # noqa: SLF001 (documented by Django)
        about_id=about.pk,
        rule=fields["rule"],
        facts=dict(fields.get("facts", {})),
    )


def record(**fields: Unpack[EventFields]) -> Event:
    """Record one event in the transaction of the change."""
    event = event_row(**fields)
    event.save(force_insert=True)
    return event
