"""What an appraisal says: one shape for the shared page, for the signature and for the snapshot.

It is plain data, so that what both sign can be kept and hashed exactly as they saw it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypedDict

from appraisals.models import Appraisal, Draft, FormQuestion, Objective, Side
from appraisals.selectors.sheet import CompetencyLine, Sheet, is_asked


class Answer(TypedDict):
    """A question with what each side answered: None where it was not asked or cannot be seen."""

    key: str
    title: str
    subject: str | None
    manager: str | None


class Section(TypedDict):
    title: str
    answers: list[Answer]


class LevelLine(TypedDict):
    """A competency with the level each side sees: None where there is no view yet."""

    code: str
    title: str
    domain: str
    required: str
    subject: str | None
    manager: str | None


class ObjectiveLine(TypedDict):
    title: str
    measure: str
    due_on: str


class Content(TypedDict):
    form: dict[str, str]
    framework: dict[str, str] | None
    cycle: str
    organisation: str
    subject: dict[str, str]
    appraiser: dict[str, str]
    met_on: str | None
    wellbeing_on: str | None
    sections: list[Section]
    levels: list[LevelLine]
    objectives: list[ObjectiveLine]


def content_of(
    *,
    appraisal: Appraisal,
    sheet: Sheet,
    drafts: Mapping[Side, Draft],
    objectives: Iterable[Objective],
) -> Content:
    """What ``appraisal`` says, as far as ``drafts`` holds the sides the reader may see."""
    role = appraisal.role_profile
    version = role.version if role else None
    return Content(
        form={
            "code": appraisal.form.code,
            "version": appraisal.form.version,
            "title": appraisal.form.title,
        },
        framework=(
            {"title": version.framework.title, "edition": version.label} if version else None
        ),
        cycle=appraisal.cycle.title,
        organisation=appraisal.cycle.organisation.name,
        subject={"name": appraisal.subject.full_name, "post": appraisal.assignment.post.title},
        appraiser={"name": appraisal.appraiser.full_name},
        met_on=_day(appraisal.met_on),
        wellbeing_on=_day(appraisal.wellbeing_on),
        sections=_sections(sheet, drafts),
        levels=[_level_line(line, sheet=sheet, drafts=drafts) for line in sheet.lines],
        objectives=[
            ObjectiveLine(title=row.title, measure=row.measure, due_on=row.due_on.isoformat())
            for row in objectives
        ],
    )


def fingerprint(content: Mapping[str, object]) -> str:
    """SHA-256 of ``content`` as canonical JSON, in hexadecimal; the same after a round trip
    through the database, which does not keep the order of keys."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _sections(sheet: Sheet, drafts: Mapping[Side, Draft]) -> list[Section]:
    sections: list[Section] = []
    for question in sheet.questions:
        if not sections or sections[-1]["title"] != question.section:
            sections.append(Section(title=question.section, answers=[]))
        sections[-1]["answers"].append(
            Answer(
                key=question.key,
                title=question.title,
                subject=_answer(question, Side.SUBJECT, drafts),
                manager=_answer(question, Side.MANAGER, drafts),
            )
        )
    return sections


def _answer(question: FormQuestion, side: Side, drafts: Mapping[Side, Draft]) -> str | None:
    if side not in drafts or not is_asked(question, side):
        return None
    given = str(drafts[side].answers.get(question.key, ""))
    return str(dict(question.choices).get(given, given))


def _level_line(line: CompetencyLine, *, sheet: Sheet, drafts: Mapping[Side, Draft]) -> LevelLine:
    return LevelLine(
        code=line.code,
        title=line.title,
        domain=line.domain,
        required=line.required_label,
        subject=_level(line, Side.SUBJECT, sheet=sheet, drafts=drafts),
        manager=_level(line, Side.MANAGER, sheet=sheet, drafts=drafts),
    )


def _level(
    line: CompetencyLine, side: Side, *, sheet: Sheet, drafts: Mapping[Side, Draft]
) -> str | None:
    if side not in drafts or line.key not in drafts[side].levels:
        return None
    rank = drafts[side].levels[line.key]
    return sheet.labels.get(rank, str(rank))
