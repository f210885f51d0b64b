"""A person's own assessment: what there is to answer, domain by domain, and what was answered."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils.translation import gettext as _

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
from pathways.selectors.frameworks import version_to_assess


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
class Step:
    """Where one question stands among all of them, one to a page; ``number`` starts at 1."""

    competency: Competency
    part: Part
    number: int
    total: int
    before: Competency | None
    after: Competency | None


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
    def competencies(self) -> tuple[Competency, ...]:
        """Everything that is asked about, in the order of the framework."""
        return tuple(one for part in self.parts for one in part.competencies)

    @property
    def answered_count(self) -> int:
        return sum(part.answered_count for part in self.parts)

    @property
    def first_open(self) -> Competency | None:
        """The first question without an answer; where all have one, the first of those answered
        longest ago, so that whoever goes through them again comes back to where they were."""
        said = {key: one.said_on for part in self.parts for key, one in part.answers.items()}
        return min(self.competencies, key=lambda one: said.get(one.pk, date.min), default=None)

    def step(self, competency_id: int) -> Step | None:
        """The page of one question; None for what is not asked about here."""
        asked = self.competencies
        place = next((n for n, one in enumerate(asked) if one.pk == competency_id), None)
        if place is None:
            return None
        part = next(part for part in self.parts if asked[place] in part.competencies)
        return Step(
            competency=asked[place],
            part=part,
            number=place + 1,
            total=len(asked),
            before=asked[place - 1] if place else None,
            after=asked[place + 1] if place + 1 < len(asked) else None,
        )

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
    # What merely groups others is not asked about; the parts of a competency are, one by one.
    asked = Competency.objects.filter(is_assessable=True).select_related("parent")
    domains = version.domains.order_by("position").prefetch_related(
        Prefetch("competencies", queryset=asked.order_by("position"))
    )
    parts = (_part(domain, answers) for domain in domains)
    return Assessment(version, tuple(part for part in parts if part.competencies))


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
    """The questions of one domain, each with the levels of its own scale and their words."""
    return _questions(part.competencies, part, version)


def question_of(*, step: Step, version: FrameworkVersion) -> Question:
    """One question on a page of its own."""
    [question] = _questions((step.competency,), step.part, version)
    return question


def _questions(
    asked: tuple[Competency, ...], part: Part, version: FrameworkVersion
) -> list[Question]:
    scales: dict[int, list[Level]] = {}
    used = {row.scale_id or version.scale_id for row in asked}
    for level in Level.objects.filter(scale__in=used).order_by("rank", "pk"):
        scales.setdefault(level.scale_id, []).append(level)
    described: dict[int, dict[int, str]] = {}
    for row in LevelDescriptor.objects.filter(competency__in=asked):
        described.setdefault(row.competency_id, {})[row.level_id] = row.text
    return [
        Question(
            one,
            tuple(scales.get(one.scale_id or version.scale_id, ())),
            described.get(one.pk, {}),
            part.answers.get(one.pk),
        )
        for one in asked
    ]


@dataclass(frozen=True, slots=True)
class Checked:
    """One question on the page that shows all answers; ``label`` is empty without an answer."""

    competency: Competency
    label: str
    said_on: date | None


def checked_answers(assessment: Assessment) -> list[tuple[Domain, list[Checked]]]:
    """Every question with what was answered, in words, domain by domain; one statement."""
    version = assessment.version
    used = {one.scale_id or version.scale_id for one in assessment.competencies}
    labels = {
        (scale_id, rank): label
        for scale_id, rank, label in Level.objects.filter(scale__in=used).values_list(
            "scale_id", "rank", "label"
        )
    }

    def checked(one: Competency, answer: Answer | None) -> Checked:
        if answer is None:
            return Checked(one, "", None)
        label = labels.get((one.scale_id or version.scale_id, answer.rank))
        return Checked(one, label or str(_("No chance to demonstrate")), answer.said_on)

    return [
        (part.domain, [checked(one, part.answers.get(one.pk)) for one in part.competencies])
        for part in assessment.parts
    ]
