"""The rules of an organisation beside the national ones, and what asking more often costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.scope import lifted
from common.dates import london_midnight
from common.suppression import LEAST_GROUP, rounded
from courses.models import (
    Offering,
    RenewalRule,
    Subject,
    SubjectLevel,
    SubjectRequirement,
    SubjectTaught,
)
from courses.selectors.compliance_figures import COUNTER, organisations_counted
from courses.selectors.compliance_sql import OF_ORGANISATIONS
from courses.selectors.compliance_terms import TermsBook

_ASKED = "SELECT level_id, count(DISTINCT person_id) FROM states GROUP BY 1"


@dataclass(frozen=True, slots=True)
class LevelRule:
    """A level with the months for which it counts nationally and here; None: for good."""

    level: SubjectLevel
    national: int | None
    ours: int | None
    has_own: bool
    reason: str = ""

    @property
    def is_oftener(self) -> bool:
        return self.ours is not None and (self.national is None or self.ours < self.national)


@dataclass(frozen=True, slots=True)
class MoreOften:
    """``people`` asked, rounded, or None where they are too few to be told; ``hours`` a year that
    they spend beyond the national period, or None where nothing says how long it takes."""

    rule: LevelRule
    people: int | None
    hours: int | None


@dataclass(frozen=True, slots=True)
class TrainingRules:
    organisation: Organisation
    requirements: tuple[SubjectRequirement, ...]
    levels: tuple[LevelRule, ...]
    renewals: tuple[RenewalRule, ...]
    more_often: tuple[MoreOften, ...]


def organisations_ruled(*, actor: Actor, on: date) -> QuerySet[Organisation]:
    """The organisations whose rules ``actor`` may set, by name."""
    found = organisations_counted(actor=actor, on=on)
    return Organisation.objects.none() if found is None else found


def training_rules(organisation: Organisation, *, actor: Actor, on: date) -> TrainingRules:
    """What holds at ``organisation`` on ``on``; nine statements at any size."""
    asked = SubjectRequirement.objects.visible_to(actor, on=on).from_day_on(on)
    renewals = RenewalRule.objects.visible_to(actor, on=on).from_day_on(on)
    levels = _levels(organisation, actor=actor, on=on)
    return TrainingRules(
        organisation=organisation,
        requirements=tuple(
            asked.filter(organisation=organisation)
            .select_related("level__subject", "role_profile")
            .order_by("level__subject__title", "level__rank", "starts_on", "pk")
        ),
        levels=levels,
        renewals=tuple(
            renewals.filter(organisation=organisation)
            .select_related("subject")
            .order_by("starts_on", "pk")
        ),
        more_often=_more_often(organisation, levels, on=on),
    )


def levels_to_ask(actor: Actor, *, on: date) -> QuerySet[SubjectLevel]:
    """The levels of the subjects that ``actor`` sees and that go on, by title."""
    subjects = Subject.objects.visible_to(actor, on=on).filter(ended_on__isnull=True)
    levels = SubjectLevel.objects.filter(subject__in=subjects).select_related("subject")
    return levels.order_by("subject__title", "subject_id", "rank")


def _levels(organisation: Organisation, *, actor: Actor, on: date) -> tuple[LevelRule, ...]:
    book, found = TermsBook({organisation.pk}), []
    for level in levels_to_ask(actor, on=on):
        ours = book.period(organisation_id=organisation.pk, level=level, on=on)
        national = book.period(organisation_id=None, level=level, on=on)
        has_own = ours is not None and ours.organisation_id == organisation.pk
        found.append(
            LevelRule(
                level,
                # Without an organisation one finds the period of whose subject it is, too.
                national=national.months if national and national.organisation_id is None else None,
                ours=ours.months if ours else None,
                has_own=has_own,
                reason=ours.reason if ours and has_own else "",
            )
        )
    return tuple(found)


def _more_often(
    organisation: Organisation, levels: tuple[LevelRule, ...], *, on: date
) -> tuple[MoreOften, ...]:
    oftener = [rule for rule in levels if rule.has_own and rule.is_oftener]
    if not oftener:
        return ()
    people, hours = _people_asked(organisation, on=on), _hours(oftener, organisation)
    return tuple(
        _cost(rule, people.get(rule.level.pk, 0), hours.get(rule.level.pk)) for rule in oftener
    )


def _cost(rule: LevelRule, people: int, hours: int | None) -> MoreOften:
    if people < LEAST_GROUP:
        return MoreOften(rule, None, None)
    told = rounded(people)
    if hours is None or rule.ours is None:
        return MoreOften(rule, told, None)
    nationally = 12 / rule.national if rule.national else 0.0
    return MoreOften(rule, told, round(told * hours * (12 / rule.ours - nationally)))


def _people_asked(organisation: Organisation, *, on: date) -> Mapping[int, int]:
    """Level -> how many people of ``organisation`` it is asked of."""
    given: dict[str, Any] = {
        "organisations": [organisation.pk],
        "on": on,
        "until": london_midnight(on + timedelta(days=1)),
    }
    with lifted(COUNTER), connection.cursor() as cursor:
        cursor.execute(OF_ORGANISATIONS + _ASKED, given)
        return dict(cursor.fetchall())


def _hours(rules: list[LevelRule], organisation: Organisation) -> dict[int, int]:
    """Level -> the study hours of the shortest open offering here that teaches it, else those of
    the shortest programme."""
    taught = SubjectTaught.objects.filter(level__in=[rule.level.pk for rule in rules])
    rows = list(taught.select_related("programme", "offering"))
    programme_ids = [row.programme_id for row in rows if row.programme_id]
    offered = Offering.objects.filter(
        programme_id__in=programme_ids, host=organisation, is_open=True, study_hours__gt=0
    )
    here: dict[int, list[int]] = {}
    for programme_id, hours in offered.values_list("programme_id", "study_hours"):
        here.setdefault(programme_id, []).append(hours)
    found: dict[int, list[int]] = {}
    for row in rows:
        if row.offering and row.offering.host_id == organisation.pk:
            found.setdefault(row.level_id, []).append(row.offering.study_hours)
        if row.programme:
            general = [row.programme.study_hours] if row.programme.study_hours else []
            found.setdefault(row.level_id, []).extend(here.get(row.programme.pk, general))
    return {level: min(hours) for level, hours in found.items() if hours}
