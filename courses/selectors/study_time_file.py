"""What became of protected time as a table to take away: a row for each unit and month."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.selectors.exports import Cell, ExportTable
from courses.selectors.study_time_figures import Minutes, TimeFigures


def figures_table(figures: TimeFigures) -> ExportTable:
    """Units and months that may be told; of the others it says so and nothing else."""
    return ExportTable(
        title=_("Protected study time"),
        headings=(
            _("Unit"),
            _("Month"),
            _("People"),
            _("Hours due"),
            _("Hours had"),
            _("Hours taken back"),
            _("Hours not answered for"),
            _("Cost of cover in pounds"),
        ),
        rows=_rows(figures),
    )


def _rows(figures: TimeFigures) -> Iterator[list[Cell]]:
    for unit in figures.units:
        for month in figures.months:
            cell = figures.cells.get((unit.key, month.key))
            # A unit that is too small over the year is too small in any month.
            told = cell if unit.figure else None
            yield [unit.name, date_format(month.key, "F Y"), *_told(told)]


def _told(cell: Minutes | None) -> list[Cell]:
    if cell is None:
        return [_("Too few")] * 6
    minutes = (cell.due, cell.had, cell.taken_back, cell.unanswered)
    return [
        cell.people,
        *(each // 60 for each in minutes),
        f"{cell.cost_pence // 100}.{cell.cost_pence % 100:02}",
    ]
