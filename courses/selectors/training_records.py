"""A person's training record: what they completed here, in whole or in part, and elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from common.dates import london_date, long_date
from courses.models import (
    Certificate,
    CertificateState,
    Enrolment,
    EnrolmentQuerySet,
    ExternalLearning,
    PartialCredit,
)
from courses.selectors.tables import TableFile, table_file
from pathways.models import ClaimedLevel

RECORDED = ("COMPLETED", "PARTIAL")
_CREDITS = Prefetch(
    "credits",
    queryset=PartialCredit.objects.select_related("competency").order_by("competency__title", "pk"),
)
_LEVELS = Prefetch(
    "claim__levels",
    queryset=ClaimedLevel.objects.select_related("competency").order_by("competency__title", "pk"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record. ``is_ours``: taken here, and accredited as far as its course is."""

    title: str
    provider: str
    finished_on: date
    hours: int
    state: str
    is_ours: bool
    reached: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    url: str = ""


def training_record(person: Person, *, actor: Actor, on: date) -> list[Entry]:
    """Everything on the record of ``person`` that ``actor`` may see, the latest first; five
    statements, however much it is."""
    entries = [*_taken_here(person, actor, on), *_taken_elsewhere(person, actor, on)]
    return sorted(entries, key=lambda one: (one.finished_on, one.title), reverse=True)


def completions(actor: Actor, *, on: date) -> EnrolmentQuerySet:
    """What people whom ``actor`` sees completed here, in whole or in part, with their credits."""
    rows = Enrolment.objects.visible_to(actor, on=on).filter(state__in=RECORDED)
    rows = rows.select_related("session__offering__programme", "session__offering__host")
    return rows.prefetch_related(_CREDITS)


def record_file(person: Person, entries: Iterable[Entry], *, kind: str) -> TableFile:
    """The record for a spreadsheet."""
    headings = [
        *(_("Course"), _("Provider"), _("Finished"), _("Hours"), _("State")),
        *(_("What was reached"), _("Certificates")),
    ]
    return table_file(
        name=f"training-record-{person.pk}",
        title=_("Training record"),
        headings=headings,
        rows=(_cells(one) for one in entries),
        kind=kind,
    )


def _taken_here(person: Person, actor: Actor, on: date) -> Iterator[Entry]:
    rows = list(completions(actor, on=on).filter(person=person).order_by(F("ended_at").desc()))
    issued: dict[int, list[str]] = {}
    found = Certificate.objects.visible_to(actor, on=on).filter(
        enrolment__in=[row.pk for row in rows], state=CertificateState.ISSUED
    )
    for enrolment_id, serial in found.order_by("pk").values_list("enrolment_id", "serial"):
        issued.setdefault(enrolment_id, []).append(serial)
    for row in rows:
        yield Entry(
            title=row.session.offering.programme.title,
            provider=row.session.offering.host.name,
            finished_on=london_date(row.ended_at),  # type: ignore[arg-type]
            hours=row.study_hours,
            state=row.get_state_display(),
            is_ours=True,
            reached=tuple(_level(one.competency.title, one.rank) for one in row.credits.all()),
            certificates=tuple(issued.get(row.pk, ())),
        )


def _taken_elsewhere(person: Person, actor: Actor, on: date) -> Iterator[Entry]:
    """Withdrawn claims are left out: nobody stands by them."""
    rows = ExternalLearning.objects.visible_to(actor, on=on).filter(claim__person=person)
    rows = rows.exclude(claim__state="WITHDRAWN").select_related("claim")
    for row in rows.prefetch_related(_LEVELS).order_by("pk"):
        claim = row.claim
        yield Entry(
            title=claim.title,
            provider=claim.provider,
            finished_on=claim.finished_on,
            hours=row.hours,
            state=_checked(claim.state),
            is_ours=False,
            reached=tuple(
                _level(one.competency.title, one.accepted_rank)
                for one in claim.levels.all()
                if one.accepted and one.accepted_rank
            ),
            url=reverse("pathways:claim_show", args=[claim.pk]),
        )


def _checked(state: str) -> str:
    if state == "DECIDED":
        return _("Taken elsewhere, checked")
    return _("Taken elsewhere, waiting to be checked")


def _level(title: str, rank: int) -> str:
    return _("%(title)s to level %(rank)d") % {"title": title, "rank": rank}


def _cells(one: Entry) -> list[str]:
    return [
        one.title,
        one.provider,
        long_date(one.finished_on),
        str(one.hours or ""),
        one.state,
        "; ".join(one.reached),
        "; ".join(one.certificates),
    ]
