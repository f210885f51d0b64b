"""Erasing a person: what is theirs goes, what is somebody else's stays and names nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from graphlib import TopologicalSorter
from typing import Any

import pgtrigger
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import LegalHold, Person
from accounts.policies import may_erase
from accounts.rights import ERASERS, HOLDINGS, Clear, Delete, Erasing, Holding, Link, own_keys
from accounts.rights.own import ERASED_DOMAIN
from accounts.selectors.retention import classes_we_must_keep, holds_on
from accounts.selectors.rights import is_in_post, rights_relations_everywhere
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden


@dataclass(frozen=True, slots=True)
class Line:
    """What an erasure did to one kind of row: ``because`` says why some are still there."""

    what: str
    rows: int
    because: str = ""


@dataclass(slots=True)
class Erasure:
    """What an erasure did, or would do."""

    deleted: list[Line] = field(default_factory=list)
    cleared: list[Line] = field(default_factory=list)
    kept: list[Line] = field(default_factory=list)
    holds: list[LegalHold] = field(default_factory=list)


@transaction.atomic
def look_at_erasure(*, person: Person, by: Actor, now: datetime) -> Erasure:
    """What erasing ``person`` would do: it is done, counted and undone."""
    with transaction.atomic():
        erasure = _erase(person, by=by, now=now)
        transaction.set_rollback(True)
    record(
        by=by,
        now=now,
        verb="look_at_erasure",
        about=person,
        subject_id=person.pk,
        rule="may_erase",
        facts=_numbers(erasure),
    )
    return erasure


@transaction.atomic
def erase_person(*, person: Person, by: Person, reason: str, now: datetime) -> Erasure:
    """Erase ``person`` for good, for ``reason``: nothing brings them back.

    Refuses ``Forbidden`` to all but a data protection officer of every organisation that keeps
    their record, and ``Conflict`` while they are in post, held, or erased already.
    """
    erasure = _erase(person, by=by, now=now)
    if erasure.holds:
        raise Conflict(_("A legal hold keeps this person's records. Lift it first."), code="held")
    if not reason.strip():
        raise Conflict(_("Enter the reason for the erasure."), code="no_reason")
    record(
        by=by,
        now=now,
        verb="erase_person",
        about=person,
        subject_id=person.pk,
        rule="may_erase",
        facts=_numbers(erasure),
        private={"reason": reason},
    )
    return erasure


def _numbers(erasure: Erasure) -> dict[str, int]:
    return {
        "deleted": sum(line.rows for line in erasure.deleted),
        "cleared": sum(line.rows for line in erasure.cleared),
        "kept": sum(line.rows for line in erasure.kept),
        "holds": len(erasure.holds),
    }


def _erase(person: Person, *, by: Actor, now: datetime) -> Erasure:
    person = Person.objects.select_for_update().get(pk=person.pk)
    _may(person, by=by, now=now)
    erasure = Erasure(holds=list(holds_on(person)))
    erasing = Erasing(
        person=person,
        email=person.email,
        full_name=person.full_name,
        keys=own_keys(person),
        now=now,
    )
    _end_sign_in(person, erasure)
    kept = _labels_kept(classes_we_must_keep(person))
    for eraser in ERASERS.values():
        erasure.deleted += [Line(str(what), rows) for what, rows in eraser(erasing) if rows]
    with pgtrigger.ignore(*_guards()):
        for holding in _in_order():
            _deal_with(holding, person, is_duty=holding.model_label in kept, erasure=erasure)
    return erasure


def _may(person: Person, *, by: Actor, now: datetime) -> None:
    on = london_date(now)
    if not may_erase(rights_relations_everywhere(by, person, on=on)):
        raise Forbidden(
            _("Only a data protection officer of every organisation they worked for may erase."),
            code="may_not_erase",
        )
    if person.email.endswith(f"@{ERASED_DOMAIN}"):
        raise Conflict(_("This person was erased already."), code="already_erased")
    if is_in_post(person, on=on):
        raise Conflict(
            _("This person is still in post. Their employer has to keep their record."),
            code="in_post",
        )


def _end_sign_in(person: Person, erasure: Erasure) -> None:
    """Even whose record has to be kept can no longer sign in."""
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    keys = [
        session.session_key
        for session in Session.objects.iterator(chunk_size=1_000)
        if session.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    rows = Session.objects.filter(session_key__in=keys).delete()[0]
    if rows:
        erasure.deleted.append(Line(str(HOLDINGS["sessions.Session"].title), rows))


def _guards() -> Iterator[str]:
    for holding in HOLDINGS.values():
        yield from holding.guards


def _foreign_models(model: type[models.Model]) -> set[type[models.Model]]:
    fields = model._meta.concrete_fields  # noqa: SLF001 (documented by Django)
    return {field.related_model for field in fields if field.related_model} - {model}


def _in_order() -> list[Holding]:
    """Whatever points to a row comes before the row."""
    by_model = {holding.model: holding for holding in HOLDINGS.values()}
    sorter: TopologicalSorter[Any] = TopologicalSorter()
    for model in by_model:
        sorter.add(model)
        for target in _foreign_models(model) & set(by_model):
            sorter.add(target, model)
    return [by_model[model] for model in sorter.static_order()]


def _labels_kept(classes: frozenset[str]) -> frozenset[str]:
    """Tables of the classes that have to be kept, and those that their rows rest on."""
    kept = {h.model for h in HOLDINGS.values() if h.record_class in classes}
    known = {holding.model: label for label, holding in HOLDINGS.items()}
    waiting = list(kept)
    while waiting:
        for target in _foreign_models(waiting.pop()) & set(known) - kept:
            kept.add(target)
            waiting.append(target)
    return frozenset(known[model] for model in kept)


def _deal_with(holding: Holding, person: Person, *, is_duty: bool, erasure: Erasure) -> None:
    title = str(holding.title)
    for link in holding.links:
        rows = holding.rows(link, person)
        act = link.on_erasure
        if is_duty and link.is_about:
            _note(erasure.kept, title, rows.count(), because=_("A law makes us keep it."))
        elif isinstance(act, Delete):
            _note(erasure.deleted, title, _delete(holding, link, person))
        elif isinstance(act, Clear):
            count = rows.order_by().update(**_values(act, person))
            _note(erasure.cleared, title, count, because=act.because)
        else:
            _note(erasure.kept, title, rows.count(), because=act.because)


def _note(lines: list[Line], title: str, rows: int, *, because: str | Promise = "") -> None:
    if rows:
        lines.append(Line(title, rows, str(because)))


def _values(act: Clear, person: Person) -> dict[str, Any]:
    return {
        name: value(person) if callable(value) and not hasattr(value, "as_sql") else value
        for name, value in act.values.items()
    }


def _delete(holding: Holding, link: Link, person: Person) -> int:
    rows = holding.rows(link, person)
    for row in rows.iterator() if _file_fields(holding.model) else ():
        for file in filter(None, (getattr(row, name) for name in _file_fields(holding.model))):
            # A file goes once its row has gone for good.
            transaction.on_commit(partial(file.storage.delete, str(file.name)), robust=True)
    return int(rows.delete()[1].get(holding.model._meta.label, 0))  # noqa: SLF001 (documented)


def _file_fields(model: type[models.Model]) -> list[str]:
    fields = model._meta.concrete_fields  # noqa: SLF001 (documented by Django)
    return [found.name for found in fields if isinstance(found, models.FileField)]
