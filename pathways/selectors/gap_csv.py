"""A team's gap as a table for a spreadsheet, every cell of which is text and nothing else."""

import csv
from collections.abc import Iterable
from io import StringIO

from django.utils.translation import gettext as _

from pathways.selectors.gap_team import Cell, Member, TeamGap
from pathways.selectors.lights import words_of
from pathways.selectors.workbooks.cells import harmless


def team_table(gap: TeamGap, members: Iterable[Member]) -> str:
    """A row per person and a column per competency, as on the page."""
    file = StringIO()
    write = csv.writer(file).writerow
    names = (f"{column.code} {column.title}" for column in gap.columns)
    write([harmless(word) for word in (_("Person"), _("Role"), *names)])
    for member in members:
        cells = (_cell(member.cells.get(column.competency_id)) for column in gap.columns)
        row = (member.person.full_name, member.role_title or _("No role set"), *cells)
        write([harmless(word) for word in row])
    return file.getvalue()


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return _("Not asked for")
    if not cell.held_label:
        return words_of(cell.light)
    words = {
        "state": words_of(cell.light),
        "held": cell.held_label,
        "asked": cell.required_label,
    }
    return _("%(state)s: %(held)s, asked for %(asked)s") % words
