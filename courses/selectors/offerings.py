"""What those who offer programmes read: what they host, and with whom it is shared."""

from datetime import date, datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.standing import Below
from accounts.visibility import standing
from courses.models import (
    Offering,
    OfferingQuerySet,
    OfferingShare,
    Programme,
    ProgrammeQuerySet,
    SeatAllotment,
    Session,
    SessionState,
)
from courses.selectors.running import RUNS_SESSIONS

# How many of those that have some words are named in a sentence.
_FEW = 5


def offerings_kept_by(actor: Actor, *, on: date) -> OfferingQuerySet:
    """Offerings of organisations that a role of ``actor`` covers, closed ones last, with how many
    organisations each is shared with."""
    hosts = standing(actor, on=on).covered_by(*RUNS_SESSIONS)
    return (
        Offering.objects.visible_to(actor, on=on)
        .filter(hosts.within("host_id"))
        .select_related("programme", "host", "provider")
        .annotate(sharers=Count("shares"))
        .order_by("-is_open", "programme__title", "host__name", "route", "pk")
    )


def hosts_for(actor: Actor, *, on: date) -> QuerySet[Organisation]:
    """Organisations at which ``actor`` may offer programmes, by name."""
    hosts = standing(actor, on=on).covered_by(*RUNS_SESSIONS)
    rows = Organisation.objects.visible_to(actor, on=on).filter(hosts.within("pk"))
    return rows.order_by("name", "pk")


def programmes_to_offer(actor: Actor, *, on: date) -> ProgrammeQuerySet:
    """Listed programmes that ``actor`` sees, by title."""
    return Programme.objects.visible_to(actor, on=on).order_by("title", "pk")


def programmes_called(words: str, rows: ProgrammeQuerySet) -> list[Programme]:
    """Those of ``rows`` with this title or code, as ``named`` says them; else those with the words,
    a few of them."""
    typed = words.strip()
    code = typed.rpartition("(")[2].removesuffix(")") if typed.endswith(")") else typed
    exact = list(rows.filter(Q(title__iexact=typed) | Q(code__iexact=code))[:_FEW])
    if exact:
        return exact
    query = SearchQuery(typed, config="english", search_type="websearch")
    return list(rows.filter(words=query).order_by("title", "pk")[:_FEW])


def named(programme: Programme) -> str:
    """A programme by title and code, so that no other is meant."""
    return f"{programme.title} ({programme.code})"


def programmes_written_by(actor: Actor, *, on: date) -> ProgrammeQuerySet:
    """Programmes owned where a role of ``actor`` writes them, those out of the catalogue last."""
    owners = standing(actor, on=on).covered_by(*RUNS_SESSIONS)
    rows = Programme.objects.filter(owners.within("owner_id")).select_related("owner")
    return rows.order_by("-is_listed", "title", "pk")


def organisation_called(code: str) -> Organisation | None:
    """The organisation with an ODS code, however it is typed. Codes are public."""
    code = code.strip().upper()
    return Organisation.objects.filter(ods_code=code).first() if code else None


def shares_of(offering: Offering) -> QuerySet[OfferingShare]:
    """With whom ``offering`` is shared, by name."""
    rows = OfferingShare.objects.filter(offering=offering).select_related("organisation")
    return rows.order_by("organisation__name", "pk")


def last_session_starts(offering: Offering) -> datetime | None:
    """When the last session of ``offering`` that is not cancelled starts."""
    rows = Session.objects.filter(offering=offering).exclude(state=SessionState.CANCELLED)
    return rows.order_by("-starts_at").values_list("starts_at", flat=True).first()


def keeps_seats_for(offering: Offering, organisation: Organisation, *, on: date) -> bool:
    """Whether seats on sessions to come are kept for ``organisation`` or one below it."""
    below = Below([organisation.pk], on=on)
    rows = SeatAllotment.objects.kept().filter(Q(session__state=SessionState.OPEN))
    return rows.filter(session__offering=offering, organisation_id__in=below).exists()
