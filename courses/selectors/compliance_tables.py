"""Mandatory training as tables to take away: a team by name, and the figures of organisations."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from common.dates import long_date
from courses.models import Subject
from courses.selectors.compliance import Asked, TeamMember, TrainingState
from courses.selectors.compliance_figures import TrainingFigure, TrainingFigures
from courses.selectors.exports import ExportTable


def words_of(state: TrainingState) -> str:
    return {
        TrainingState.COMPLIANT: _("Up to date"),
        TrainingState.DUE: _("Due soon"),
        TrainingState.EXPIRED: _("Expired"),
        TrainingState.NEVER: _("Never done"),
        TrainingState.EXEMPT: _("Not asked at present"),
    }[state]


def team_table(subjects: Sequence[Subject], members: Iterable[TeamMember]) -> ExportTable:
    """A row per person and a column per subject, as on the page."""
    return ExportTable(
        title=_("Mandatory training of my team"),
        headings=[_("Person"), *(one.title for one in subjects)],
        rows=[
            [member.person.full_name, *(_cell(member.cells.get(one.pk)) for one in subjects)]
            for member in members
        ],
    )


def figures_table(figures: TrainingFigures) -> ExportTable:
    """A row per group and subject, in whole numbers as they may be told."""
    rows: list[list[str | int]] = []
    for group in figures.groups:
        for subject, figure in zip(figures.subjects, group.figures, strict=True):
            rows.append([group.name, subject.title, *_numbers(figure)])
    rows += [
        [_("All that are shown"), subject.title, *_numbers(figure)]
        for subject, figure in zip(figures.subjects, figures.totals, strict=True)
    ]
    return ExportTable(
        title=_("Mandatory training on %(day)s") % {"day": long_date(figures.on)},
        headings=[
            _("Group"),
            _("Subject"),
            _("People"),
            _("Up to date"),
            _("Due soon"),
            _("Expired"),
            _("Never done"),
            _("Share that counts, in percent"),
        ],
        rows=rows,
    )


def _numbers(figure: TrainingFigure | None) -> list[str | int]:
    if figure is None:
        return [_("Too few or nobody"), "", "", "", "", ""]
    return [
        figure.people,
        figure.compliant,
        figure.due,
        figure.expired,
        figure.never,
        figure.share,
    ]


def _cell(asked: Asked | None) -> str:
    if asked is None:
        return _("Not asked for")
    if asked.expires_on is None:
        return words_of(asked.state)
    words = {"state": words_of(asked.state), "day": long_date(asked.expires_on)}
    return _("%(state)s: until %(day)s") % words
