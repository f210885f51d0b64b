"""Results of a session as those who run it see them, and what each file would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from courses.models import (
    AssessmentResult,
    CompletionRule,
    Enrolment,
    Judgement,
    ResultFile,
    ResultFileState,
    ResultKind,
    ResultLine,
    ResultProblem,
    Session,
)
from courses.selectors.result_cells import DAY, FAMILY, JUDGEMENT, PLACE, SCORE, TITLES
from courses.selectors.result_matching import people_assessed, standing_results
from courses.selectors.tables import TableFile, table_file

# What has to be put right comes before what would happen.
KINDS = (ResultKind.PROBLEM, ResultKind.NEW, ResultKind.CHANGED, ResultKind.KNOWN)
WRITES = (ResultKind.NEW, ResultKind.CHANGED)
REMEDIES: dict[str, str | Promise] = {
    ResultProblem.NO_PERSON: _("Enter the place number of the person, or their email address."),
    ResultProblem.NOT_HERE: _(
        "Take the place number from the file of this session, or leave the row out."
    ),
    ResultProblem.OTHER_NAME: _("The place belongs to somebody of another name. Correct one."),
    ResultProblem.NOT_A_RESULT: _("Enter a figure from 0 to 100, such as 65 or 72.5."),
    ResultProblem.FRACTION: _("Format the column as text and enter 65 instead of 0.65."),
    ResultProblem.NOT_A_JUDGEMENT: _("Enter passed or not passed."),
    ResultProblem.NOT_A_DAY: _("Enter a day such as 30-Nov-2028, 30/11/2028 or 2028-11-30."),
    ResultProblem.DAY_TO_COME: _("Enter a day that is not to come."),
    ResultProblem.SAID_TWICE: _("Keep the row that is right and take out the other."),
    ResultProblem.COMPLETED: _("Nothing is recorded for them any more. Leave the row out."),
}


@dataclass(frozen=True, slots=True)
class FileStanding:
    """``counts``: how many lines there are of each kind that occurs. ``wrong_rows``: rows with
    something to put right, each of which can have several lines."""

    counts: tuple[tuple[ResultKind, int], ...]
    wrong_rows: int
    can_apply: bool


def files_seen(actor: Actor, *, on: date) -> QuerySet[ResultFile]:
    """Those ``actor`` may see, with their session."""
    rows = ResultFile.objects.visible_to(actor, on=on)
    return rows.select_related(
        "session__offering__programme", "uploaded_by", "applied_by", "undone_by"
    )


def files_of(session: Session, *, actor: Actor, on: date) -> QuerySet[ResultFile]:
    """What was brought in for ``session``, the newest first."""
    return files_seen(actor, on=on).filter(session=session).order_by("-uploaded_at", "-pk")


def standing_of_file(file: ResultFile) -> FileStanding:
    """Where ``file`` stands; two statements."""
    counts = dict(file.lines.order_by().values_list("kind").annotate(lines=Count("pk")))
    wrong = file.lines.filter(kind=ResultKind.PROBLEM)
    return FileStanding(
        counts=tuple((kind, counts[kind]) for kind in KINDS if kind in counts),
        wrong_rows=wrong.order_by().values("row").distinct().count(),
        can_apply=file.state == ResultFileState.CHECKED and any(one in counts for one in WRITES),
    )


def lines_of_file(file: ResultFile, *, kind: str) -> QuerySet[ResultLine]:
    """The lines of one kind, in the order of the file."""
    rows = file.lines.filter(kind=kind).order_by("row", "pk")
    return rows.select_related("enrolment__person", "before")


def depend_on(file: ResultFile) -> QuerySet[Enrolment]:
    """Whoever completed, in whole or in part, after the results of ``file`` were there."""
    return Enrolment.objects.filter(
        Q(results__file=file),
        state__in=("COMPLETED", "PARTIAL"),
        ended_at__gte=F("results__recorded_at"),
    )


def result_of(enrolment: Enrolment, *, actor: Actor, on: date) -> AssessmentResult | None:
    """What stands of one person, if ``actor`` may see it."""
    rows = AssessmentResult.objects.visible_to(actor, on=on)
    return rows.filter(enrolment=enrolment, stands=True).first()


def is_good_enough(result: AssessmentResult | None, rule: CompletionRule) -> bool:
    """Whether ``result`` is what ``rule`` asks for: there, not failed, and no lower than the least.

    A judgement without a figure is believed.
    """
    if not rule.needs_result:
        return True
    if result is None or result.judgement == Judgement.FAILED:
        return False
    if rule.least_result is None or result.score is None:
        return True
    return result.score >= rule.least_result


def file_to_fill_in(session: Session, *, kind: str) -> TableFile:
    """Everybody on ``session`` with the result that stands, for the provider to fill in."""
    people = people_assessed(session)
    headings = [_now(TITLES[PLACE]), _now(TITLES[FAMILY]), _now("Given name"), _now("Organisation")]
    return table_file(
        name=f"results-{session.pk}",
        title=_now("Results"),
        headings=[*headings, *(_now(TITLES[one]) for one in (SCORE, JUDGEMENT, DAY))],
        rows=_cells(people),
        kind=kind,
    )


def _cells(people: Sequence[Enrolment]) -> list[list[str]]:
    held = standing_results(people)
    return [[*_who(row), *_result(held.get(row.pk))] for row in people]


def _who(row: Enrolment) -> list[str]:
    person = row.person
    return [str(row.pk), person.family_name, person.given_name, row.organisation.name]


def _result(held: AssessmentResult | None) -> list[str]:
    if held is None:
        return ["", "", ""]
    return [
        f"{held.score.normalize():f}" if held.score is not None else "",
        str(Judgement(held.judgement).label) if held.judgement else "",
        held.assessed_on.isoformat() if held.assessed_on else "",
    ]
