"""What is asked of every checked file before it is applied."""

from django.utils.translation import ngettext

from common.errors import Conflict
from courses.models import ImportedAs, ResultFile, ResultKind, TrainingImport


def refuse_rows_with_problems(file: ResultFile | TrainingImport, *, leaves_out: bool) -> None:
    """Refuse (``rows_with_problems``) while a row has something to put right, unless those rows are
    to be left out."""
    kind = ResultKind.PROBLEM if isinstance(file, ResultFile) else ImportedAs.PROBLEM
    wrong = file.lines.filter(kind=kind).values("row").distinct().count()
    if wrong and not leaves_out:
        sentence = ngettext(
            "%(count)d row has something to put right. Select that it is left out, or put it right"
            " and upload the file again.",
            "%(count)d rows have something to put right. Select that they are left out, or put"
            " them right and upload the file again.",
            wrong,
        )
        raise Conflict(sentence % {"count": wrong}, code="rows_with_problems")
