"""A person's own assessment: what there is to answer, domain by domain, and what was answered."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from accounts.models import Person
from pathways.models import (
    Attainment,
    AttainmentSource,
    Competency,
    Domain,
    FrameworkVersion,
    Level,
    LevelDescriptor,
)
from pathways.selectors.frameworks import levels_of, version_to_assess


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person last said of themselves; rank None is "no chance to demonstrate"."""

    rank: int | None
    said_on: date


@dataclass(frozen=True, slots=True)
class Part:
    """One domain of the assessment with the person's last answers, by competency."""

    domain: Domain
    competencies: tuple[Competency, ...]
    answers: dict[int, Answer]

    @property
    def answered_count(self) -> int:
        return sum(competency.pk in self.answers for competency in self.competencies)

    @property
    def is_complete(self) -> bool:
        return self.answered_count == len(self.competencies)


@dataclass(frozen=True, slots=True)
class Assessment:
    version: FrameworkVersion
    parts: tuple[Part, ...]

    def part(self, domain_id: int) -> Part | None:
        return next((part for part in self.parts if part.domain.pk == domain_id), None)

    def after(self, part: Part) -> Part | None:
        """The domain to answer after ``part``, in the order of the framework."""
        following = self.parts[self.parts.index(part) + 1 :]
        return following[0] if following else None

    @property
    def last_said_on(self) -> date | None:
        return max(
            (answer.said_on for part in self.parts for answer in part.answers.values()),
            default=None,
        )


def own_answers(*, person_id: int, on: date) -> dict[int, Answer]:
    """Competency's id -> what the person last said of it by ``on``, a blank rank included."""
    latest = (
        Attainment.objects.filter(
            person_id=person_id, source=AttainmentSource.SELF, attained_on__lte=on
        )
        .order_by("competency_id", "-attained_on", "-pk")
        .distinct("competency_id")
        .values_list("competency_id", "rank", "attained_on")
    )
    return {competency_id: Answer(rank, said_on) for competency_id, rank, said_on in latest}


def assessment_of(*, person: Person, on: date) -> Assessment | None:
    """Everything ``person`` may say of themselves on ``on``; None without any framework."""
    version = version_to_assess(person=person, on=on)
    if version is None:
        return None
    answers = own_answers(person_id=person.pk, on=on)
    domains = version.domains.order_by("position").prefetch_related(
        Prefetch("competencies", queryset=Competency.objects.order_by("position"))
    )
    return Assessment(version, tuple(_part(domain, answers) for domain in domains))


def _part(domain: Domain, answers: dict[int, Answer]) -> Part:
    competencies = tuple(domain.competencies.all())
    own = {row.pk: answers[row.pk] for row in competencies if row.pk in answers}
    return Part(domain, competencies, own)


@dataclass(frozen=True, slots=True)
class Question:
    """One competency to answer: its levels, and what each looks like in it."""

    competency: Competency
    levels: tuple[Level, ...]
    meanings: dict[int, str]
    answer: Answer | None


def questions_of(*, part: Part, version: FrameworkVersion) -> list[Question]:
    """The questions of one domain, each with the words of its levels."""
    levels = tuple(levels_of(version=version))
    described: dict[int, dict[int, str]] = {}
    for row in LevelDescriptor.objects.filter(competency__domain=part.domain):
        described.setdefault(row.competency_id, {})[row.level_id] = row.text
    return [
        Question(row, levels, described.get(row.pk, {}), part.answers.get(row.pk))
        for row in part.competencies
    ]
