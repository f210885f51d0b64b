"""One programme as its page shows it, and the catalogue as HR systems read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet
from django.db.models.functions import Coalesce, JSONObject

from accounts.actors import Actor
from accounts.models import Person
from accounts.visibility import standing
from courses.models import (
    KEEPS_ACCREDITATION,
    LIVE_STATES,
    Accreditation,
    Award,
    AwardQuerySet,
    Enrolment,
    Mandate,
    Offering,
    OfferingAward,
    Outcome,
    Programme,
    ProgrammeAward,
    ProgrammeQuerySet,
    Session,
)
from courses.selectors.accreditation import OfferingAccreditation, accreditations_of
from courses.selectors.entitlements import asked_of
from courses.selectors.mandates import mandates_for, mandates_told
from courses.selectors.prerequisites import (
    Needed,
    level_label,
    prerequisites_of,
    prerequisites_told,
)
from courses.selectors.search import YES, Filters, Marked, search_catalogue

# The filters of the search by what an HR system calls them.
_ASKED = {
    "mode": "mode",
    "language": "language",
    "award_kind": "kind",
    "award_level": "level",
    "host_id": "host",
}


@dataclass(frozen=True, slots=True)
class SessionRow:
    session: Session
    enrolment: Enrolment | None


@dataclass(frozen=True, slots=True)
class OfferingRow:
    """One offering. ``keeps``: the reader is a lead of whoever teaches it, so that it warns of an
    accreditation that ends first."""

    offering: Offering
    sessions: tuple[SessionRow, ...]
    accreditation: OfferingAccreditation
    awards: tuple[OfferingAward, ...]
    keeps: bool


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """A programme on a day: what accredits it then, what it brings, and where it is run."""

    programme: Programme
    is_entitled: bool
    is_mandatory: bool
    mandates: tuple[Mandate, ...]
    awards: tuple[ProgrammeAward, ...]
    accreditations: tuple[Accreditation, ...]
    outcomes: tuple[Outcome, ...]
    needed: tuple[Needed, ...]
    offerings: tuple[OfferingRow, ...]


def programme_page(
    programme: Programme, *, person: Person, on: date, now: datetime
) -> ProgrammePage:
    """Everything the page of ``programme`` says to ``person``, in twelve statements, and a few
    more where it builds on something."""
    accreditations = programme.accreditations.on(on).select_related("body")
    asked = asked_of(person_id=person.pk, on=on)
    return ProgrammePage(
        programme=programme,
        is_entitled=programme.pk in asked.programme_ids,
        is_mandatory=programme.pk in asked.mandatory,
        mandates=tuple(mandates_for(programme, person=person, on=on)),
        awards=tuple(programme_awards().filter(programme=programme)),
        accreditations=tuple(accreditations.order_by("body__name", "pk")),
        outcomes=tuple(outcomes_of(programme)),
        needed=prerequisites_of(programme, person=person, on=on),
        offerings=_offerings(programme, person=person, on=on, now=now),
    )


def courses_found(
    actor: Actor, *, asked: Mapping[str, Any], on: date, now: datetime
) -> ProgrammeQuerySet:
    """As ``courses_for_api``, of those that the search of the catalogue finds for ``asked``."""
    rows = courses_for_api(actor, on=on)
    chosen = {
        facet: (str(asked[name]),)
        for name, facet in _ASKED.items()
        if asked.get(name) not in (None, "")
    }
    if asked.get("accredited"):
        chosen["accredited"] = (YES,)
    filters = Filters(words=asked.get("words", ""), chosen=chosen)
    if not filters.words and not chosen:
        return rows
    found = search_catalogue(actor=actor, filters=filters, marked=Marked(), on=on, now=now)
    return rows.filter(pk__in=found.ids)


def courses_for_api(actor: Actor, *, on: date) -> ProgrammeQuerySet:
    """Programmes with the offerings ``actor`` sees and what accredits them on the day."""
    accreditations = Accreditation.objects.on(on).select_related("body")
    accreditations = accreditations.order_by("body__name", "pk")
    offerings = (
        Offering.objects.visible_to(actor, on=on)
        .select_related("host", "provider")
        .annotate(teacher_accredited=_of_its_teacher(on))
        .prefetch_related(
            Prefetch("offering_awards", queryset=offering_awards(), to_attr="adds"),
            Prefetch("accreditations", queryset=accreditations, to_attr="accredited"),
        )
        .order_by("pk")
    )
    return Programme.objects.visible_to(actor, on=on).prefetch_related(
        Prefetch("offerings", queryset=offerings, to_attr="offered"),
        Prefetch("programme_awards", queryset=programme_awards(), to_attr="brings"),
        Prefetch(
            "mandates",
            queryset=mandates_told(on=on).filter(pk__in=Mandate.objects.visible_to(actor, on=on)),
            to_attr="mandatory",
        ),
        Prefetch("prerequisites", queryset=prerequisites_told(), to_attr="needed"),
        Prefetch(
            "accreditations",
            queryset=accreditations.order_by("body__name", "pk"),
            to_attr="accredited",
        ),
    )


def _of_its_teacher(on: date) -> ArraySubquery:
    """What accredits whoever teaches an offering, which no relation leads to."""
    teacher = Coalesce(OuterRef("provider_id"), OuterRef("host_id"))
    rows = Accreditation.objects.on(on).filter(provider_id=teacher)
    names = ("level", "credits", "credit_scheme", "reference", "starts_on", "ends_on")
    told = JSONObject(body=JSONObject(name="body__name"), **{name: name for name in names})
    return ArraySubquery(rows.order_by("body__name", "pk").values(told=told))


def programme_awards() -> QuerySet[ProgrammeAward]:
    """What programmes bring, what everybody receives first, then by title."""
    rows = ProgrammeAward.objects.select_related("award__body")
    return rows.order_by("is_optional", "award__title", "pk")


def awards_to_bring(actor: Actor, *, on: date) -> AwardQuerySet:
    """Awards that ``actor`` may say something brings, by title."""
    rows = Award.objects.visible_to(actor, on=on).listed()
    return rows.select_related("body").order_by("title", "pk")


def offering_awards() -> QuerySet[OfferingAward]:
    """What offerings bring beside their programmes, in the same order."""
    rows = OfferingAward.objects.select_related("award__body")
    return rows.order_by("is_optional", "award__title", "pk")


def outcomes_of(programme: Programme) -> list[Outcome]:
    """The levels that completing ``programme`` brings, in the order of the frameworks."""
    rows = programme.outcomes.select_related("competency__domain")
    rows = rows.annotate(label=level_label())
    return list(rows.order_by("competency__domain__position", "competency__position", "pk"))


def _offerings(
    programme: Programme, *, person: Person, on: date, now: datetime
) -> tuple[OfferingRow, ...]:
    offerings = Offering.objects.visible_to(person, on=on).filter(programme=programme)
    coming = (
        Session.objects.visible_to(person, on=on)
        .filter(offering__programme=programme, starts_at__gt=now, state="OPEN")
        .with_places_taken()
        .order_by("starts_at", "pk")
    )
    mine = Enrolment.objects.visible_to(person, on=on).filter(
        person=person, session__offering__programme=programme, state__in=LIVE_STATES
    )
    own = {enrolment.session_id: enrolment for enrolment in mine}
    sessions: dict[int, list[SessionRow]] = {}
    for session in coming:
        row = SessionRow(session, own.get(session.pk))
        sessions.setdefault(session.offering_id, []).append(row)
    found = list(
        offerings.select_related("host", "provider")
        .prefetch_related(Prefetch("offering_awards", queryset=offering_awards(), to_attr="adds"))
        .order_by("host__name", "route", "pk")
    )
    accredited = accreditations_of(found, on=on)
    covered = standing(person, on=on).covered_by(*KEEPS_ACCREDITATION)
    return tuple(
        OfferingRow(
            offering,
            tuple(sessions.get(offering.pk, ())),
            accreditation=accredited[offering.pk],
            awards=tuple(offering.adds),
            keeps=(offering.provider_id or offering.host_id) in covered,
        )
        for offering in found
    )
