"""The registry of what holds people: filled by every app, read by pack, erasure and retention."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.rights.classes import RECORD_CLASSES


class Withheld(models.TextChoices):
    """Why a pack leaves something out. It says so each time: nothing is left out silently."""

    OTHERS = "OTHERS", _("it is about somebody else, or names them")
    NOT_SHARED = "NOT_SHARED", _("your line manager is still writing it and has not shared it")
    PLANNING = "PLANNING", _("it is management planning that would be harmed by telling now")
    REFERENCE = "REFERENCE", _("it is a reference given in confidence")
    SECURITY = "SECURITY", _("it is a secret that protects your account")
    INTERNAL = "INTERNAL", _("it is a number or index of the system that says nothing about you")


@dataclass(frozen=True, slots=True)
class Delete:
    """Erasure removes the row."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Erasure leaves the row, which then points at a person without a name; and says why."""

    because: str | Promise


@dataclass(frozen=True, slots=True)
class Clear:
    """Erasure keeps the row and puts ``values`` into the fields that say something of the person.

    ``because`` says why the row stays.
    """

    values: Mapping[str, Any]
    because: str | Promise


def anybody(person: Person) -> Q:
    return Q()


@dataclass(frozen=True, slots=True)
class Link:
    """One way in which a row belongs to a person, reached through ``path``.

    ``is_about``: the row is about the person; otherwise they only did something in a row that is
    somebody else's, and whatever is not ``shown`` is withheld as that. ``shown`` are lookups, so
    that the pack can say ``role_profile__title``; ``told`` turns a shown value into what may be
    told of it. ``by`` is what of the person ``path`` holds; ``only`` narrows the rows. The pack
    takes the files of the fields ``files``. ``is_secret``: somebody whose task it is has decided
    that the person is not told even that the row is there.
    """

    path: str
    on_erasure: Delete | Keep | Clear
    shown: tuple[str, ...] = ()
    withheld: Mapping[str, Withheld] = field(default_factory=dict)
    is_about: bool = True
    by: str = "pk"
    only: Callable[[Person], Q] = anybody
    told: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """One table that holds people.

    ``key`` is the word by which notices, jobs and documents name a row of it ("plan" in
    "plan:12"); what others were told about such a row is erased with it. ``guards`` are the
    triggers that keep its rows from being removed, which only an erasure lifts. A table without
    links holds people in a way that no column leads to: an eraser deals with it.
    """

    model_label: str
    title: str | Promise
    record_class: str
    links: tuple[Link, ...]
    key: str = ""
    guards: tuple[str, ...] = ()

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.model_label)

    def rows(self, link: Link, person: Person) -> QuerySet[Any]:
        """The rows that ``link`` ties to ``person``, oldest first."""
        manager = self.model._base_manager  # noqa: SLF001 (documented by Django)
        whose = {link.path: getattr(person, link.by)}
        return manager.filter(link.only(person), **whose).order_by("pk")


def own_keys(person: Person) -> frozenset[str]:
    """How notices, jobs and documents name the rows that are about ``person``; one statement."""
    named = [
        holding.rows(link, person)
        .order_by()
        .annotate(own_key=Concat(Value(f"{holding.key}:"), Cast("pk", models.CharField())))
        .values_list("own_key", flat=True)
        for holding in HOLDINGS.values()
        if holding.key
        for link in holding.links
        if link.is_about
    ]
    return frozenset(named[0].union(*named[1:]))


@dataclass(frozen=True, slots=True)
class PackPart:
    """Something a pack holds that is read otherwise than from a table of ours by its columns.

    ``rows`` yields one mapping of label to value for each thing held about the person.
    """

    title: str | Promise
    record_class: str
    rows: Callable[[Person], Iterable[Mapping[str | Promise, Any]]]


@dataclass(frozen=True, slots=True)
class Erasing:
    """What an app's own eraser is told: who goes, and the keys of the rows that go with them."""

    person: Person
    email: str
    full_name: str
    keys: frozenset[str]
    now: datetime


# Removes what no foreign key leads to; yields (what, how many).
Eraser = Callable[[Erasing], Iterator[tuple[str | Promise, int]]]


@dataclass(frozen=True, slots=True)
class Expiry:
    """Rows of one record class whose time can be over.

    ``due`` gives the rows whose time began on ``before`` or earlier. ``person`` and
    ``organisation`` are lookups to whose they are, which legal holds and the rules of an
    organisation need; without ``organisation`` a row goes with where its person worked last.
    ``may_destroy``: the rows can be removed, after those of ``children`` (model, foreign key).
    ``newest_first``: the relation to the row that took a row's place, which goes before it does.
    ``empties``: what anonymising puts into which fields. What is not offered is left to a review.
    """

    name: str
    title: str | Promise
    model_label: str
    record_class: str
    due: Callable[[date], Q]
    person: str
    organisation: str = ""
    may_destroy: bool = False
    newest_first: str = ""
    children: tuple[tuple[str, str], ...] = ()
    empties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> QuerySet[Any]:
        return apps.get_model(self.model_label)._base_manager.all()  # noqa: SLF001 (documented)

    def offers(self, action: str) -> bool:
        """Whether a run can do ``action`` to these rows by itself."""
        return {"DESTROY": self.may_destroy, "ANONYMISE": bool(self.empties)}.get(action, False)


HOLDINGS: dict[str, Holding] = {}
ABOUT_NOBODY: dict[str, str] = {}
ERASERS: dict[str, Eraser] = {}
EXPIRIES: dict[str, Expiry] = {}
PACK_PARTS: dict[str, PackPart] = {}


def guards_of(labels: Iterable[str]) -> Iterator[str]:
    """The triggers that keep rows of these tables from being removed."""
    for label in labels:
        if label in HOLDINGS:
            yield from HOLDINGS[label].guards


def register(holding: Holding) -> None:
    """Declare a table that holds people; once."""
    label = holding.model_label
    if label in HOLDINGS or label in ABOUT_NOBODY:
        raise ValueError(f"{label} is declared twice.")
    if holding.record_class not in RECORD_CLASSES:
        raise ValueError(f"{label}: there is no record class {holding.record_class!r}.")
    HOLDINGS[label] = holding


def holds_nobody(app_label: str, names: Iterable[str], *, because: str) -> None:
    """Declare tables of ``app_label`` that say nothing of anybody."""
    for name in names:
        label = f"{app_label}.{name}"
        if label in HOLDINGS or label in ABOUT_NOBODY:
            raise ValueError(f"{label} is declared twice.")
        ABOUT_NOBODY[label] = because


def register_eraser(name: str, eraser: Eraser) -> None:
    """Say how to remove what no foreign key leads to: files, queues, words about somebody."""
    if name in ERASERS:
        raise ValueError(f"Two erasers are called {name!r}.")
    ERASERS[name] = eraser


def register_expiry(expiry: Expiry) -> None:
    """Say which rows retention finds when the time of their class is over."""
    if expiry.name in EXPIRIES:
        raise ValueError(f"Two expiries are called {expiry.name!r}.")
    EXPIRIES[expiry.name] = expiry


def register_pack_part(name: str, part: PackPart) -> None:
    """Add to the pack what no declared table shows."""
    if name in PACK_PARTS:
        raise ValueError(f"Two parts of the pack are called {name!r}.")
    PACK_PARTS[name] = part
