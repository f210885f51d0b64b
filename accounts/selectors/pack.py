"""What a subject-access pack holds, section by section, row by row: read, never gathered."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, Value
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rights import HOLDINGS, PACK_PARTS, RECORD_CLASSES, Holding, Link, Withheld
from common.dates import LONDON, long_date

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: ``name`` for a program, ``label`` and ``text`` for the person, ``value`` plain."""

    name: str
    label: str
    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class Omission:
    """What a section leaves out, and why."""

    name: str
    label: str
    reason: Withheld

    @property
    def because(self) -> str:
        return str(self.reason.label)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the person's; ``name`` is what it is called in the pack."""

    name: str
    file: models.fields.files.FieldFile


@dataclass(frozen=True, slots=True)
class PackRow:
    key: int | str
    cells: list[Cell]
    files: list[StoredFile]


@dataclass(frozen=True, slots=True)
class PackSection:
    """Everything of one kind that is held. ``rows`` is read once, while the pack is written."""

    name: str
    title: str
    is_about: bool
    omissions: list[Omission]
    rows: Iterator[PackRow]


def pack_sections(person: Person) -> Iterator[PackSection]:
    """Everything that is declared to be held about ``person``, in the order it is declared.

    Other people are told as "you" and "somebody else": who they are is their own information. What
    a table holds and the pack does not is named with the reason.
    """
    for holding in HOLDINGS.values():
        for link in holding.links:
            if not link.is_secret:
                yield _section(holding, link, person)
    for name, part in PACK_PARTS.items():
        rows = (_part_row(number, row) for number, row in enumerate(part.rows(person), start=1))
        yield PackSection(name, str(part.title), is_about=True, omissions=[], rows=rows)


def _section(holding: Holding, link: Link, person: Person) -> PackSection:
    return PackSection(
        name=f"{holding.model_label}.{link.path}",
        title=str(holding.title),
        is_about=link.is_about,
        omissions=list(_omissions(holding.model, link)),
        rows=_rows(holding, link, person),
    )


def _omissions(model: type[models.Model], link: Link) -> Iterator[Omission]:
    for name, reason in link.withheld.items():
        yield Omission(name, _label(model, name), reason)
    if not link.is_about:
        named = {path.split("__")[0] for path in (link.path, *link.shown)}
        for field in model._meta.concrete_fields:  # noqa: SLF001 (documented by Django)
            if field.name not in named and not field.primary_key:
                yield Omission(field.name, _label(model, field.name), Withheld.OTHERS)


def _rows(holding: Holding, link: Link, person: Person) -> Iterator[PackRow]:
    readers = [_reader(holding.model, path, link, person) for path in link.shown]
    found = holding.rows(link, person)
    if not link.files:
        for key, *values in found.values_list("pk", *link.shown).iterator(chunk_size=_AT_ONCE):
            cells = [read(value) for read, value in zip(readers, values, strict=True)]
            yield PackRow(key, cells, files=[])
        return
    for row in found.iterator(chunk_size=_AT_ONCE):
        cells = [read(getattr(row, path)) for read, path in zip(readers, link.shown, strict=True)]
        yield PackRow(
            row.pk, cells, files=[_file(row, name) for name in link.files if getattr(row, name)]
        )


def _file(row: models.Model, field: str) -> StoredFile:
    file = getattr(row, field)
    called = (
        getattr(row, "filename", "")
        or getattr(row, "file_name", "")
        or str(file.name).rpartition("/")[2]
    )
    return StoredFile(f"files/{row.pk}-{called}", file)


def _part_row(number: int, row: Mapping[str | Promise, Any]) -> PackRow:
    cells = [
        Cell(str(label), str(label), plain(value), _text(value)) for label, value in row.items()
    ]
    return PackRow(number, cells, files=[])


def _field_at(model: type[models.Model], path: str) -> "models.Field[Any, Any]":
    *steps, last = path.split("__")
    for name in steps:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment] # noqa: SLF001
    return model._meta.get_field(last)  # type: ignore[return-value] # noqa: SLF001 (documented)


def _label(model: type[models.Model], path: str) -> str:
    """What a value is called: with a name that says little, the thing it is the name of as well."""
    first = model._meta.get_field(path.split("__")[0])  # noqa: SLF001 (documented by Django)
    last = _field_at(model, path)
    name = str(last.verbose_name)
    whole = name if first is last else f"{first.verbose_name}: {name}"  # type: ignore[union-attr]
    return whole[:1].upper() + whole[1:]


def _reader(
    model: type[models.Model], path: str, link: Link, person: Person
) -> Callable[[Any], Cell]:
    field, label = _field_at(model, path), _label(model, path)
    choices = dict(field.flatchoices) if field.choices else {}
    told = link.told.get(path)
    names_somebody = field.related_model is Person

    def read(value: Any) -> Cell:
        if names_somebody:
            role = _somebody(value, person)
            return Cell(path, label, role, role)
        value = told(value) if told else value
        return Cell(
            path, label, plain(value), _text(choices.get(value, value) if choices else value)
        )

    return read


def _somebody(key: int | None, person: Person) -> str:
    """A person as a role: who else it was is theirs to know, not the reader's."""
    if key is None:
        return _("Nobody")
    return _("You") if key == person.pk else _("Somebody else")


def plain(value: Any) -> Any:
    """``value`` as JSON can hold it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)


def _text(value: Any) -> str:
    if value is None or value == "":
        return _("Nothing")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        local = value.astimezone(LONDON)
        return _("%(day)s at %(time)s") % {"day": long_date(local), "time": f"{local:%H:%M}"}
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return str(value)


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows of one kind are held about a person, and of which record class they are."""

    title: str
    record_class: str
    rows: int


def held_about(person: Person) -> list[Held]:
    """What is held about ``person``, each kind of row counted; one statement for all of them."""
    kinds = list(HOLDINGS.values())
    counted = [
        holding.rows(link, person)
        .order_by()
        .annotate(held_number=Value(number))
        .values_list("held_number")
        .annotate(held_rows=Count("pk"))
        for number, holding in enumerate(kinds)
        for link in holding.links
        if link.is_about and not link.is_secret
    ]
    rows: Counter[int] = Counter()
    for number, count in counted[0].union(*counted[1:], all=True):
        rows[number] += count
    return [
        Held(
            title=str(kinds[number].title),
            record_class=str(RECORD_CLASSES[kinds[number].record_class].title),
            rows=count,
        )
        for number, count in sorted(rows.items())
        if count
    ]
