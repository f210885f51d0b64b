"""Writing the ledger: every service that changes something records one event in its transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models

from accounts.actors import Actor, ApiClientPrincipal
from accounts.models import Event, Person


def event_row(
    *,
    by: Actor,
    now: datetime,
    verb: str,
    about: models.Model,
    rule: str,
    organisation_id: int | None = None,
    subject_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Event:
    """An unsaved row, for services that record many events at once with ``bulk_create``."""
    return Event(
        happened_at=now,
        verb=verb,
        by_person=by if isinstance(by, Person) else None,
        by_client=by.client if isinstance(by, ApiClientPrincipal) else None,
        by_job="" if isinstance(by, Person | ApiClientPrincipal) else by.name,
        organisation_id=organisation_id,
        subject_id=subject_id,
        about_type=about._meta.label_lower,
        about_id=about.pk,
        rule=rule,
        facts=dict(facts or {}),
    )


def record(**fields: Any) -> Event:
    """Record one event; takes what ``event_row`` takes.

    ``verb`` is the domain's word ("enrol"), ``rule`` the policy that allowed it, ``facts`` plain
    values that changed (never somebody's free text: that stays in its own table).
    """
    event = event_row(**fields)
    event.save(force_insert=True)
    return event
