"""What a certificate will say: taken from the catalogue as it stood on the day of completion.

Written down once, in the language of the service, and never looked up again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from common.dates import london_date
from courses.models import (
    Accreditation,
    Award,
    Enrolment,
    Offering,
    OfferingAward,
    Outcome,
    ProgrammeAward,
    RecordSource,
    SubjectRecord,
)
from courses.selectors.accreditation import accreditation_of
from pathways.models import Level
from pathways.selectors.case.vocabulary import uri_of

_KINDS = ("CERTIFICATE", "CREDENTIAL")


def given_by_us(prefix: str = "") -> Q:
    """Awards that an organisation gives itself: certificates and credentials of its own, or of no
    body that we know of.

    A degree, an apprenticeship, a membership, or the certificate of an institute comes from the
    body that awards it: of a programme that leads there we say that it was completed.
    """
    ours = Q(**{f"{prefix}owner__isnull": False}) | Q(**{f"{prefix}body__isnull": True})
    return ours & Q(**{f"{prefix}kind__in": _KINDS})


def is_given_by_us(award: Award) -> bool:
    """The same of one award."""
    return award.kind in _KINDS and (award.owner_id is not None or award.body_id is None)


@dataclass(frozen=True, slots=True)
class Words:
    """Everything on a certificate but whose it is and when."""

    title: str
    criteria: str
    programme_title: str = ""
    award_kind: str = ""
    level: str = ""
    body: str = ""
    accreditation: str = ""
    hours: int | None = None
    credits: int | None = None
    outcomes: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Earned:
    """What one enrolment brought: an award, or none but having completed the programme."""

    enrolment: Enrolment
    award: Award | None
    words: Words
    completed_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Accredited:
    """By whom something was accredited on a day, in a line, and how many credits that brings."""

    text: str
    credits: int | None


def earned_by(enrolments: Sequence[Enrolment]) -> list[Earned]:
    """What completed ``enrolments`` brought, in a number of statements that does not grow with
    the number of people."""
    awards = _awards(enrolments)
    outcomes = _outcomes({row.session.offering.programme_id for row in enrolments})
    accredited, ends = _Accreditations(), _ends(enrolments)
    found = []
    with translation.override(settings.LANGUAGE_CODE):
        for enrolment in enrolments:
            ended_at = enrolment.ended_at
            if ended_at is None:
                continue
            day = min(london_date(ended_at), london_date(enrolment.session.ends_at))
            programme_id = enrolment.session.offering.programme_id
            given: Sequence[Award | None] = awards.get(enrolment.session.offering_id) or (None,)
            for award in given:
                words = _words(
                    enrolment,
                    award,
                    accredited=accredited.of(enrolment.session.offering, on=day),
                    outcomes=outcomes.get(programme_id, []),
                )
                found.append(Earned(enrolment, award, words, day, ends.get(enrolment.pk)))
    return found


def words_of_award(award: Award, *, hours: int | None) -> Words:
    """What a certificate says that is given by name, without a course of ours."""
    with translation.override(settings.LANGUAGE_CODE):
        return Words(
            title=award.title,
            criteria=award.criteria or _("Given for %(award)s.") % {"award": award.title},
            award_kind=award.kind,
            level=_level(award),
            body=award.body.name if award.body else "",
            hours=hours,
        )


def _words(
    enrolment: Enrolment,
    award: Award | None,
    *,
    accredited: Accredited,
    outcomes: list[dict[str, str]],
) -> Words:
    programme = enrolment.session.offering.programme
    completed = _("Completed %(programme)s.") % {"programme": programme.title}
    return Words(
        title=award.title if award else programme.title,
        criteria=(award.criteria if award else programme.summary) or completed,
        programme_title=programme.title,
        award_kind=award.kind if award else "",
        level=_level(award) if award else "",
        body=award.body.name if award and award.body else "",
        accreditation=accredited.text,
        credits=accredited.credits,
        hours=enrolment.study_hours or None,
        outcomes=outcomes,
    )


def _level(award: Award) -> str:
    return _("Level %(level)d") % {"level": award.level} if award.level else ""


def _ends(enrolments: Sequence[Enrolment]) -> dict[int, date]:
    """Enrolment -> the last day that its mandatory training counts, where it is some."""
    keys = {f"enrolment:{row.pk}": row.pk for row in enrolments}
    # A program names its records as it likes, like ours too, and of anybody.
    rows = SubjectRecord.objects.filter(
        source=RecordSource.COURSE,
        source_key__in=keys,
        person_id__in={row.person_id for row in enrolments},
        struck_at__isnull=True,
        expires_on__isnull=False,
    )
    first = rows.values("source_key").annotate(first=Min("expires_on"))
    return {keys[key]: day for key, day in first.values_list("source_key", "first")}


def _awards(enrolments: Sequence[Enrolment]) -> dict[int, list[Award]]:
    """Offering -> the awards that everybody gets who completes it, and that we give ourselves."""
    programmes: dict[int, list[Award]] = {}
    offerings = {row.session.offering_id: row.session.offering.programme_id for row in enrolments}
    taught = ProgrammeAward.objects.filter(
        given_by_us("award__"), programme__in=set(offerings.values()), is_optional=False
    )
    for link in taught.select_related("award__body").order_by("pk"):
        programmes.setdefault(link.programme_id, []).append(link.award)
    added = OfferingAward.objects.filter(
        given_by_us("award__"), offering__in=offerings, is_optional=False
    )
    found = {key: list(programmes.get(programme, ())) for key, programme in offerings.items()}
    for extra in added.select_related("award__body").order_by("pk"):
        if extra.award not in found[extra.offering_id]:
            found[extra.offering_id].append(extra.award)
    return found


def _outcomes(programmes: set[int]) -> dict[int, list[dict[str, str]]]:
    """Programme -> the competencies it brings, each with the level in the words of its scale."""
    scale = Coalesce(
        OuterRef("competency__scale_id"), OuterRef("competency__domain__version__scale_id")
    )
    label = Level.objects.filter(scale=scale, rank=OuterRef("rank")).values("label")[:1]
    rows = Outcome.objects.filter(programme__in=programmes).annotate(label=Subquery(label))
    found: dict[int, list[dict[str, str]]] = {}
    for row in rows.select_related("competency__domain__version__framework").order_by(
        "competency__domain__position", "competency__position", "pk"
    ):
        found.setdefault(row.programme_id, []).append(_outcome(row))
    return found


def _outcome(row: Any) -> dict[str, str]:
    competency = row.competency
    return {
        "code": competency.code,
        "title": competency.title,
        "framework": competency.domain.version.framework.title,
        "level": row.label or "",
        "url": uri_of("CFItems", str(competency.identifier)),
    }


class _Accreditations:
    """What accredits an offering on a day, in the words of a certificate; asked for once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, date], Accredited] = {}

    def of(self, offering: Offering, *, on: date) -> Accredited:
        key = (offering.pk, on)
        if key not in self._known:
            held = [row.accreditation for row in accreditation_of(offering, on=on).through(on)]
            self._known[key] = Accredited(
                text="; ".join(_line(row) for row in held)[:400],
                credits=next((row.credits for row in held if row.credits), None),
            )
        return self._known[key]


def _line(row: Accreditation) -> str:
    parts = (row.body.name, row.level, row.reference)
    return ", ".join(part for part in parts if part)
