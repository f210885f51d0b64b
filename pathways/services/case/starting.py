"""Starting a framework straight from a CASE package, through the same checked copy as a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, Person
from common.errors import Conflict
from pathways.models import (
    CountingRule,
    FrameworkImport,
    FrameworkVersion,
    ImportState,
    LineKind,
    PackageFetch,
    Scale,
)
from pathways.services.case.fetching import Source, ask_for_package
from pathways.services.case.naming import name_after
from pathways.services.case.packages import check_package
from pathways.services.frameworks import EditionParticulars, Particulars, start_framework
from pathways.services.imports import Upload


class Beginning(NamedTuple):
    """What the author says; without a ``title`` the package says what the framework is called."""

    owner: Organisation
    code: str
    title: str
    edition: EditionParticulars
    scale: Scale


class Faulty(Conflict):
    """A package with ``mistakes``."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__(
            _("There are mistakes in this package. Correct them, then select it again."),
            code="package_has_mistakes",
        )
        self.mistakes = mistakes


@transaction.atomic
def start_from_file(
    *, beginning: Beginning, file: Upload, by: Person, now: datetime
) -> FrameworkImport:
    """A new framework with an empty draft, and a copy of the package to apply to it.

    Refuses what ``start_framework`` refuses, (``Unreadable``) what is no package at all, and
    (``Faulty``) a package with mistakes: nothing of the framework is left then.
    """
    version = _started(beginning, by=by, now=now)
    imported = check_package(version=version, file=file, by=by, now=now)
    if imported.state == ImportState.REFUSED:
        rows = imported.lines.filter(kind=LineKind.PROBLEM).order_by("pk")
        raise Faulty(list(rows.values_list("message", flat=True)))
    if not beginning.title and imported.state == ImportState.CHECKED:
        name_after(imported, by=by, now=now)
    return imported


@transaction.atomic
def start_from_address(
    *, beginning: Beginning, source: Source, by: Person, now: datetime
) -> PackageFetch:
    """The same with a package that is fetched. Refuses as ``ask_for_package`` does too."""
    version = _started(beginning, by=by, now=now)
    return ask_for_package(
        version=version, source=source, by=by, now=now, takes_title=not beginning.title
    )


def _started(beginning: Beginning, *, by: Person, now: datetime) -> FrameworkVersion:
    return start_framework(
        owner=beginning.owner,
        particulars=Particulars(
            code=beginning.code,
            title=beginning.title or _("Framework %(code)s") % {"code": beginning.code},
            publisher="",
            nation="England",
            audience="",
            licence="",
            counting_rule=CountingRule.LATEST,
        ),
        edition=beginning.edition,
        scale=beginning.scale,
        by=by,
        now=now,
    )
