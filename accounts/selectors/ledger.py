"""Reading the ledger: what happened to a record, who looked at it, and what auditors seek."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.models import CheckKind, Event, LedgerCheck, Organisation, Person, Role
from accounts.selectors.relations import Relation
from accounts.verbs import Kind, verb, verbs_of_kind
from accounts.visibility import standing
from common.dates import london_midnight

PAGE_SIZE = 50

_TIES: dict[str, str | Promise] = {
    Relation.SECOND_LINE: gettext_lazy("Line manager's manager"),
    Relation.SUPERVISOR: gettext_lazy("Supervisor"),
    Relation.DELEGATE: gettext_lazy("Stand-in for the line manager"),
    Relation.PANEL_MEMBER: gettext_lazy("Member of a talent panel"),
    Relation.API_CLIENT: gettext_lazy("HR system"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as a person reads it."""

    at: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One time that somebody opened a record; ``role`` says as what, ``through`` for whom."""

    at: datetime
    who: str
    what: str
    role: str
    through: list[str]


@dataclass(frozen=True, slots=True)
class Search:
    """What an auditor looks for. ``before`` is the time and number of the last event seen."""

    organisation: Organisation | None = None
    person: Person | None = None
    verb: str = ""
    first_day: date | None = None
    last_day: date | None = None
    before: tuple[datetime, int] | None = None


def who_did(event: Event) -> str:
    """The name of whoever did it; reads related rows that the caller has joined."""
    if event.by_person:
        return event.by_person.full_name
    return event.by_client.name if event.by_client else _("Waymark")


def sentence_of(event: Event) -> str:
    """The event in words, without its full stop."""
    return verb(event.verb).sentence(who_did(event))


def timeline_of(records: Iterable[Model], *, reader: Person) -> QuerySet[Event]:
    """What happened to ``records``, which the reader sees, the latest first.

    Drafts are told to whoever wrote them alone, readings to the person whose record it is.
    """
    keys: dict[str, list[int]] = defaultdict(list)
    for row in records:
        keys[row._meta.label_lower].append(row.pk)  # noqa: SLF001 (documented by Django)
    about = Q(pk__in=())
    for label, ids in keys.items():
        about |= Q(about_type=label, about_id__in=ids)
    told = (
        ~Q(verb__in=[*verbs_of_kind(Kind.PRIVATE, Kind.READING)])
        | Q(verb__in=verbs_of_kind(Kind.PRIVATE), by_person=reader)
        | Q(verb__in=verbs_of_kind(Kind.READING), subject=reader)
    )
    return _with_actors(Event.objects.filter(about & told)).order_by("-happened_at", "-pk")


def happenings(events: Iterable[Event]) -> list[Happening]:
    return [
        Happening(event.happened_at, verb(event.verb).sentence(who_did(event))) for event in events
    ]


def readings_of(person: Person, *, on: date) -> QuerySet[Event]:
    """Every time somebody else opened a record of ``person``, the latest first."""
    rows = Event.objects.visible_to(person, on=on).filter(
        subject=person, verb__in=verbs_of_kind(Kind.READING)
    )
    return _with_actors(rows).exclude(by_person=person).order_by("-happened_at", "-pk")


def reading_rows(events: Sequence[Event], *, person: Person, on: date) -> list[Reading]:
    """Name who read, as what and for whom; one statement for all the organisations."""
    ids = {pk for event in events for pk in event.facts.get("through", ())}
    ids |= {event.organisation_id for event in events} - {None}
    names = dict(
        Organisation.objects.visible_to(person, on=on).filter(pk__in=ids).values_list("pk", "name")
    )
    return [
        Reading(
            at=event.happened_at,
            who=who_did(event),
            what=verb(event.verb).sentence(_("They")),
            role=_role(event),
            through=[names[pk] for pk in _through(event) if pk in names],
        )
        for event in events
    ]


def _through(event: Event) -> list[int]:
    through = event.facts.get("through") or [event.organisation_id]
    return [pk for pk in through if pk]


def _role(event: Event) -> str:
    told = event.facts.get("as", "")
    if told in Role.values:
        return str(Role(told).label)
    return str(_TIES.get(told, ""))


def audited_organisations(actor: Actor, *, on: date) -> QuerySet[Organisation]:
    """Where ``actor`` is an auditor on ``on``, by name."""
    covered = standing(actor, on=on).covered_by("AUDITOR")
    return Organisation.objects.filter(pk__in=covered).order_by("name", "pk")


def found_events(actor: Actor, search: Search, *, on: date) -> list[Event]:
    """The next events an auditor looks for, the latest first, and one more if there are more."""
    audited = Q(organisation__in=standing(actor, on=on).covered_by("AUDITOR"))
    rows: QuerySet[Event] = Event.objects.filter(audited & _wanted(search))
    if search.before:
        at, pk = search.before
        rows = rows.filter(happened_at__lte=at).exclude(happened_at=at, pk__gte=pk)
    rows = _with_actors(rows).select_related("organisation", "subject")
    return list(rows.order_by("-happened_at", "-pk")[: PAGE_SIZE + 1])


def _wanted(search: Search) -> Q:
    wanted = Q()
    if search.organisation:
        wanted &= Q(organisation=search.organisation)
    if search.person:
        wanted &= Q(by_person=search.person) | Q(subject=search.person)
    if search.verb:
        wanted &= Q(verb=search.verb)
    if search.first_day:
        wanted &= Q(happened_at__gte=london_midnight(search.first_day))
    if search.last_day:
        wanted &= Q(happened_at__lt=london_midnight(search.last_day + timedelta(days=1)))
    return wanted


def checks(actor: Actor, *, on: date) -> dict[str, LedgerCheck]:
    """The last signing and the last verification, for whoever may know of them."""
    known = {check.kind: check for check in LedgerCheck.objects.visible_to(actor, on=on)}
    return {kind.lower(): known[kind] for kind in CheckKind.values if kind in known}


def _with_actors(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.select_related("by_person", "by_client")
