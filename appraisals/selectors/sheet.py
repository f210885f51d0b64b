"""The sheet both sides fill in: the questions of the form and the levels the role asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from appraisals.models import Appraisal, FormQuestion, Side
from pathways.models import Level, Requirement


@dataclass(frozen=True, slots=True)
class CompetencyLine:
    """One competency the role asks for; ``key`` is how drafts name it."""

    key: str
    code: str
    title: str
    domain: str
    required: int
    required_label: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """``labels`` maps a level's rank to its words; rank None is "no chance to demonstrate"."""

    questions: tuple[FormQuestion, ...]
    lines: tuple[CompetencyLine, ...]
    labels: Mapping[int | None, str]

    def asked_of(self, side: Side) -> tuple[FormQuestion, ...]:
        return tuple(question for question in self.questions if is_asked(question, side))


def is_asked(question: FormQuestion, side: Side) -> bool:
    return question.for_subject if side == Side.SUBJECT else question.for_manager


def sheet_of(appraisal: Appraisal) -> Sheet:
    """The sheet of ``appraisal``, in the order of the form and of the framework; three queries,
    one where the post follows no role profile."""
    questions = tuple(FormQuestion.objects.filter(form_id=appraisal.form_id).order_by("position"))
    role = appraisal.role_profile
    if role is None:
        return Sheet(questions, (), {})
    labels = _level_labels(role.version.scale_id)
    requirements = (
        Requirement.objects.filter(role_profile=role)
        .select_related("competency__domain")
        .order_by("competency__domain__position", "competency__position")
    )
    return Sheet(questions, tuple(_line(row, labels) for row in requirements), labels)


def _level_labels(scale_id: int) -> dict[int | None, str]:
    found = Level.objects.filter(scale_id=scale_id).order_by("rank")
    labels: dict[int | None, str] = {level.rank: level.label for level in found}
    labels.setdefault(None, _("No chance to demonstrate"))
    return labels


def _line(row: Requirement, labels: Mapping[int | None, str]) -> CompetencyLine:
    competency = row.competency
    return CompetencyLine(
        key=str(competency.pk),
        code=competency.code,
        title=competency.title,
        domain=competency.domain.title,
        required=row.rank,
        required_label=labels.get(row.rank, str(row.rank)),
    )
