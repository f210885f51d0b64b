"""Finding programmes: words that forgive a slip, filters, and what each means for the reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import Case, F, IntegerField, When

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.models.organisations import OrganisationQuerySet
from courses.models import (
    Offering,
    Outcome,
    Programme,
    ProgrammeQuerySet,
    Session,
)
from courses.selectors.entitlements import asked_for_by
from courses.selectors.recommendations import brings_nearer
from courses.selectors.sessions import next_sessions
from pathways.selectors.gap import Gap, gap_analysis
from pathways.selectors.roles import aspired_role, current_role

# Words this alike read as the same word with a slip ("roslind" finds Rosalind, "nursing" does not
# find "training").
ALIKE = 0.45


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asks of the catalogue. ``purpose`` is "", "ENTITLED" or "GAP"."""

    words: str = ""
    mode: str = ""
    host_id: int | None = None
    with_places: bool = False
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """What the reader's role asks for, and what would bring them nearer to the role they aim at."""

    entitled_ids: frozenset[int] = frozenset()
    closing_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """Programmes in order; ``is_similar`` when none had the words, and these have words alike."""

    programmes: ProgrammeQuerySet
    is_similar: bool = False


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    programme: Programme
    is_entitled: bool
    closes_gap: bool
    next_session: Session | None


def reader_of(person: Person, *, on: date) -> Reader:
    """Read once per page what the catalogue marks for ``person``."""
    current = current_role(person_id=person.pk, on=on)
    entitled = asked_for_by(current)
    role = aspired_role(person_id=person.pk, on=on) or current
    if role is None:
        return Reader(entitled)
    gap = gap_analysis(person_id=person.pk, role_profile=role, on=on)
    return Reader(entitled, closing_programme_ids(gap))


def closing_programme_ids(gap: Gap) -> frozenset[int]:
    """The programmes with an outcome above the level held, where less is held than asked for.

    What is pitched for somebody further on closes nothing, as among the recommendations.
    """
    wanted = {row.competency_id: row for row in gap.open_rows}
    outcomes = Outcome.objects.filter(competency_id__in=wanted)
    found = outcomes.values_list("programme_id", "competency_id", "rank")
    return frozenset(
        programme_id
        for programme_id, competency_id, rank in found
        if brings_nearer(wanted[competency_id], rank=rank)
    )


def find_programmes(
    *, actor: Actor, filters: Filters, reader: Reader, on: date, now: datetime
) -> Found:
    """Return the programmes that fit ``filters``: by words the best match first, else what the
    reader's pathway asks for, then what closes a gap of theirs, then the rest, each by title.

    A word with a slip in it finds titles with a word like it, but only when nothing has the words
    as they were typed.
    """
    rows = _narrowed(actor=actor, filters=filters, reader=reader, on=on, now=now)
    if not filters.words:
        return Found(rows.order_by(*_nearest_first(reader), "title", "pk"))
    query = SearchQuery(filters.words, config="english", search_type="websearch")
    exact = rows.filter(words=query).annotate(rank=SearchRank(F("words"), query))
    if exact.exists():
        return Found(exact.order_by("-rank", "title", "pk"))
    alike = rows.annotate(likeness=TrigramWordSimilarity(filters.words, "title"))
    alike = alike.filter(likeness__gte=ALIKE).order_by("-likeness", "title", "pk")
    return Found(alike, is_similar=True)


def _nearest_first(reader: Reader) -> list[Case]:
    """Nothing to order by for a reader for whom all are alike."""
    marked = [ids for ids in (reader.entitled_ids, reader.closing_ids) if ids]
    ranks = [When(pk__in=ids, then=rank) for rank, ids in enumerate(marked)]
    return [Case(*ranks, default=len(ranks), output_field=IntegerField())] if ranks else []


def catalogue_rows(
    programmes: Iterable[Programme], *, actor: Actor, reader: Reader, on: date, now: datetime
) -> list[CatalogueRow]:
    """What one page of the catalogue says about each programme; one statement more."""
    shown = list(programmes)
    upcoming = next_sessions([row.pk for row in shown], actor=actor, on=on, now=now)
    return [
        CatalogueRow(
            programme=programme,
            is_entitled=programme.pk in reader.entitled_ids,
            closes_gap=programme.pk in reader.closing_ids,
            next_session=upcoming.get(programme.pk),
        )
        for programme in shown
    ]


def hosts_seen_by(actor: Actor, *, on: date) -> OrganisationQuerySet:
    """The organisations that offer ``actor`` anything, by name."""
    hosts = Offering.objects.visible_to(actor, on=on).values("host_id")
    return Organisation.objects.visible_to(actor, on=on).filter(pk__in=hosts).order_by("name", "pk")


def _narrowed(
    *, actor: Actor, filters: Filters, reader: Reader, on: date, now: datetime
) -> ProgrammeQuerySet:
    rows = Programme.objects.visible_to(actor, on=on)
    if filters.mode:
        rows = rows.filter(mode=filters.mode)
    if filters.host_id:
        offered = Offering.objects.visible_to(actor, on=on).filter(host_id=filters.host_id)
        rows = rows.filter(pk__in=offered.values("programme_id"))
    if filters.with_places:
        sessions = Session.objects.visible_to(actor, on=on).taking(now=now).with_room()
        rows = rows.filter(pk__in=sessions.values("offering__programme_id"))
    if filters.purpose == "ENTITLED":
        rows = rows.filter(pk__in=reader.entitled_ids)
    if filters.purpose == "GAP":
        rows = rows.filter(pk__in=reader.closing_ids)
    return rows
