"""Subjects of mandatory training as those who keep it see them: their words, and what teaches
them here."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.scope import lifted
from common.suppression import LEAST_GROUP, rounded
from courses.models import (
    Offering,
    Programme,
    ProgrammeQuerySet,
    Subject,
    SubjectLevel,
    SubjectRecord,
    SubjectTaught,
)
from courses.selectors.compliance_figures import COUNTER
from courses.selectors.compliance_rules import organisations_ruled


@dataclass(frozen=True, slots=True)
class TaughtBy:
    """``is_ours``: the programme is owned here, or the offering is run here."""

    taught: SubjectTaught
    is_ours: bool

    @property
    def programme(self) -> Programme | None:
        """What teaches it, or of which that is one way."""
        return self.taught.offering.programme if self.taught.offering else self.taught.programme


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """``trained``: how many people have a record in a subject that can be ended, rounded, or None
    where they are too few to be told. ``on``: the day from which it would be asked of nobody."""

    subject: Subject
    organisation: Organisation
    levels: tuple[SubjectLevel, ...]
    taught: tuple[TaughtBy, ...]
    trained: int | None
    on: date
    fewest: int = LEAST_GROUP

    @property
    def is_ours(self) -> bool:
        return self.subject.owner_id == self.organisation.pk

    @property
    def can_end(self) -> bool:
        return can_end(self.subject, self.organisation)

    @property
    def can_add_level(self) -> bool:
        """Not while the one that is there has no name to be told apart by."""
        return all(level.label for level in self.levels)


def subjects_told(actor: Actor, *, on: date) -> QuerySet[Subject]:
    """National subjects and those of organisations whose rules ``actor`` sets, or of ones above."""
    rows = Subject.objects.visible_to(actor, on=on)
    return rows if organisations_ruled(actor=actor, on=on).exists() else rows.none()


def subjects_of(organisation: Organisation, *, actor: Actor, on: date) -> QuerySet[Subject]:
    """Its own subjects, those that have ended last, with how many levels each has."""
    rows = Subject.objects.visible_to(actor, on=on).filter(owner=organisation)
    counted = rows.annotate(level_count=Count("levels"))
    return counted.order_by(F("ended_on").asc(nulls_first=True), "title", "pk")


def subject_page(
    subject: Subject, organisation: Organisation, *, actor: Actor, on: date
) -> SubjectPage:
    """``subject`` as ``organisation`` keeps it; three statements at most."""
    rows = SubjectTaught.objects.filter(
        Q(programme__in=Programme.objects.visible_to(actor, on=on).values("pk"))
        | Q(offering__in=Offering.objects.visible_to(actor, on=on).values("pk")),
        level__subject=subject,
    ).select_related("level__subject", "programme", "offering__programme", "offering__host")
    found = rows.order_by("level__rank", "programme__title", "offering__programme__title", "pk")
    return SubjectPage(
        subject=subject,
        organisation=organisation,
        levels=tuple(subject.levels.select_related("subject").order_by("rank")),
        taught=tuple(TaughtBy(row, _is_ours(row, organisation)) for row in found),
        trained=_people_trained(subject) if can_end(subject, organisation) else None,
        on=on,
    )


def can_end(subject: Subject, organisation: Organisation) -> bool:
    return subject.owner_id == organisation.pk and subject.ended_on is None


def programmes_owned(organisation: Organisation, *, actor: Actor, on: date) -> ProgrammeQuerySet:
    """Listed programmes of ``organisation``, by title."""
    rows = Programme.objects.visible_to(actor, on=on).filter(owner=organisation)
    return rows.order_by("title", "pk")


def offerings_run(organisation: Organisation, *, actor: Actor, on: date) -> QuerySet[Offering]:
    """Open offerings at ``organisation`` of programmes that it does not own, by title."""
    rows = Offering.objects.visible_to(actor, on=on).filter(host=organisation, is_open=True)
    rows = rows.exclude(programme__owner=organisation).select_related("programme", "host")
    return rows.order_by("programme__title", "route", "pk")


def _people_trained(subject: Subject) -> int | None:
    """Wherever they work: what ends here ends in the organisations below too."""
    with lifted(COUNTER):
        rows = SubjectRecord.objects.filter(level__subject=subject, struck_at=None)
        people = rows.aggregate(people=Count("person", distinct=True))["people"]
    return rounded(people) if people >= LEAST_GROUP else None


def _is_ours(row: SubjectTaught, organisation: Organisation) -> bool:
    if row.offering:
        return row.offering.host_id == organisation.pk
    return row.programme is not None and row.programme.owner_id == organisation.pk
