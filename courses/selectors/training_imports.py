"""Files of the staff record as those who brought them in see them, with what each would change."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from courses.models import (
    ImportedAs,
    RowProblem,
    TrainingImport,
    TrainingImportLine,
    TrainingImportState,
)

# What has to be put right comes before what would happen.
KINDS = (ImportedAs.PROBLEM, ImportedAs.NEW, ImportedAs.STRUCK, ImportedAs.KNOWN)
REMEDIES: dict[str, str | Promise] = {
    RowProblem.NO_PERSON: _("Enter the assignment number of the person."),
    RowProblem.UNKNOWN_PERSON: _(
        "Nobody who works here has this number. Correct it, or leave the row out if they left."
    ),
    RowProblem.SEVERAL_PEOPLE: _("Correct the number of one of them in their assignment."),
    RowProblem.OTHER_NAME: _("The number belongs to somebody of another name. Correct one."),
    RowProblem.NO_COMPETENCY: _("Enter the name of the competency."),
    RowProblem.UNKNOWN_COMPETENCY: _(
        "Have this name added to the other titles of a subject, or leave the row out."
    ),
    RowProblem.OTHER_RECORD: _("Take out rows from the staff record of another organisation."),
    RowProblem.NO_DAY: _("Enter the day on which it was completed."),
    RowProblem.NOT_A_DAY: _("Enter a day such as 30-Nov-2028, 30/11/2028 or 2028-11-30."),
    RowProblem.DAY_TO_COME: _("Enter a first day that is not to come."),
    RowProblem.ENDS_BEFORE: _("Enter a last day that is not before the first."),
    RowProblem.CONTRADICTION: _("Leave one of the columns empty, or make them say the same."),
    RowProblem.SAID_TWICE: _("Keep the row that is right and take out the other."),
}


@dataclass(frozen=True, slots=True)
class ImportStanding:
    """``counts``: how many lines there are of each kind that occurs. ``wrong_rows``: rows with
    something to put right, each of which can have several lines."""

    counts: tuple[tuple[ImportedAs, int], ...]
    wrong_rows: int
    can_apply: bool


def imports_seen(actor: Actor, *, on: date) -> QuerySet[TrainingImport]:
    """Those ``actor`` may see, without the files themselves, which are large."""
    rows = TrainingImport.objects.visible_to(actor, on=on).defer("content")
    return rows.select_related("organisation", "uploaded_by", "applied_by")


def imports_of(organisation: Organisation, *, actor: Actor, on: date) -> QuerySet[TrainingImport]:
    """What was brought in for ``organisation``, the newest first."""
    rows = imports_seen(actor, on=on).filter(organisation=organisation)
    return rows.order_by("-uploaded_at", "-pk")


def standing_of(imported: TrainingImport) -> ImportStanding:
    """Where ``imported`` stands; two statements."""
    counted = imported.lines.order_by().values_list("kind").annotate(lines=Count("pk"))
    counts = dict(counted)
    wrong = imported.lines.filter(kind=ImportedAs.PROBLEM)
    return ImportStanding(
        counts=tuple((kind, counts[kind]) for kind in KINDS if kind in counts),
        wrong_rows=wrong.order_by().values("row").distinct().count(),
        can_apply=imported.state == TrainingImportState.CHECKED and ImportedAs.NEW in counts,
    )


def lines_of(imported: TrainingImport, *, kind: str) -> QuerySet[TrainingImportLine]:
    """The lines of one kind, in the order of the file."""
    rows = imported.lines.filter(kind=kind).order_by("row", "pk")
    return rows.select_related("person", "level__subject")
