"""Writing the ledger: every service that changes something records one event in its transaction."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NotRequired, TypedDict, Unpack, cast

from django.db import models, transaction

from accounts.actors import Actor, ApiClientPrincipal
from accounts.models import Event, EventText, Person

SALT_BYTES = 16


class EventFields(TypedDict):
    """What a service tells the ledger.

    ``verb`` is the domain's word ("enrol"), ``rule`` the policy that allowed it, ``facts`` plain
    values that changed (never somebody's free text: that is given to ``record`` as ``private``).
    """

    by: Actor
    now: datetime
    verb: str
    about: models.Model
    rule: str
    organisation_id: NotRequired[int | None]
    subject_id: NotRequired[int | None]
    facts: NotRequired[Mapping[str, Any]]


class RecordedFields(EventFields):
    """``private``: what somebody wrote, by name. The event holds a salted commitment to each.

    The text itself lies in ``EventText``, from where it can be erased and the chain stays whole.
    """

    private: NotRequired[Mapping[str, str]]


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


def record(**fields: Unpack[RecordedFields]) -> Event:
    """Record one event in the transaction of the change."""
    private = fields.pop("private", {})
    event = event_row(**cast("EventFields", fields))
    if not private:
        event.save(force_insert=True)
        return event
    salts = {name: secrets.token_bytes(SALT_BYTES) for name in private}
    event.facts |= {
        name: {"commitment": commitment(salt=salts[name], text=text)}
        for name, text in private.items()
    }
    with transaction.atomic():
        event.save(force_insert=True)
        EventText.objects.bulk_create(
            EventText(event=event, name=name, salt=salts[name], text=text)
            for name, text in private.items()
        )
    return event


def commitment(*, salt: bytes, text: str) -> str:
    """The SHA-256 of salt and text in hexadecimal: says nothing of a text to whoever lacks both."""
    return sha256(salt + text.encode()).hexdigest()
