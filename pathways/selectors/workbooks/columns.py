"""The columns of the table: how each is headed, what belongs in it and how long it may be."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CODE, LINE, TEXT = 60, 200, 5_000
INDICATOR = 1_000
HIGHEST_RANK = 7
# What is written where nobody is asked, whatever the language: it is read again by others.
NO = "No"
# How a level that has no rank is called in names of columns.
NO_RANK = "none"
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is ours and is kept; what it is headed is made by ``heading``."""

    name: str
    limit: int
    meaning: Words
    is_code: bool = False
    rank: int | None = None
    part: str = ""


DOMAIN_CODE, DOMAIN_TITLE, DOMAIN_SUMMARY = "domain_code", "domain_title", "domain_summary"
COMPETENCY_CODE, PARENT_CODE, TITLE, SUMMARY = "code", "parent", "title", "summary"
SCALE, ASKED, REFERENCE = "scale", "assessable", "reference"
DESCRIPTION, INDICATORS = "text", "indicators"
NEEDED = (DOMAIN_CODE, DOMAIN_TITLE, COMPETENCY_CODE, TITLE)

_HEADINGS: dict[str, Words] = {
    DOMAIN_CODE: gettext_lazy("Domain code"),
    DOMAIN_TITLE: gettext_lazy("Domain title"),
    DOMAIN_SUMMARY: gettext_lazy("Domain summary"),
    COMPETENCY_CODE: gettext_lazy("Competency code"),
    PARENT_CODE: gettext_lazy("Part of (code)"),
    TITLE: gettext_lazy("Title"),
    SUMMARY: gettext_lazy("Summary"),
    SCALE: gettext_lazy("Scale"),
    ASKED: gettext_lazy("Asked about"),
    REFERENCE: gettext_lazy("Reference"),
    # Not in the table: what else can change.
    "position": gettext_lazy("Place in the order"),
    "case": gettext_lazy("Further facts of CASE"),
}
_BASE = (
    Column(
        DOMAIN_CODE,
        CODE,
        gettext_lazy("The domain that the row belongs to. Rows of one domain share its code."),
        is_code=True,
    ),
    Column(
        DOMAIN_TITLE,
        LINE,
        gettext_lazy("The title of the domain. It is enough to give it in one row of the domain."),
    ),
    Column(
        DOMAIN_SUMMARY,
        TEXT,
        gettext_lazy("What the domain is about. It is enough to give it in one row."),
    ),
    Column(
        COMPETENCY_CODE,
        CODE,
        gettext_lazy(
            "The code of the competency, such as 1.10, which no other has. Leave it empty in a row"
            " that only describes a domain."
        ),
        is_code=True,
    ),
    Column(
        PARENT_CODE,
        CODE,
        gettext_lazy(
            "The code of the competency that this one is a part of, in the same domain. Leave it"
            " empty if it stands directly in the domain."
        ),
        is_code=True,
    ),
    Column(TITLE, LINE, gettext_lazy("The title of the competency.")),
    Column(SUMMARY, TEXT, gettext_lazy("What the competency is about.")),
    Column(
        SCALE,
        30,
        gettext_lazy("The code of a scale. Leave it empty to use the scale of the edition."),
        is_code=True,
    ),
    Column(
        ASKED,
        10,
        gettext_lazy("“No” if the competency only groups others and nobody is asked about it."),
    ),
)
_LAST = Column(
    REFERENCE,
    36,
    gettext_lazy(
        "How we know the competency again when you change its code. Leave it as it is, and empty"
        " for a new competency."
    ),
    is_code=True,
)


def _level_columns(rank: int | None) -> tuple[Column, Column]:
    word = NO_RANK if rank is None else str(rank)
    return (
        Column(
            f"level_{word}_{DESCRIPTION}",
            TEXT,
            gettext_lazy("What the competency looks like at this level."),
            rank=rank,
            part=DESCRIPTION,
        ),
        Column(
            f"level_{word}_{INDICATORS}",
            30_000,
            gettext_lazy("What one sees a person do who is at this level, one to a line."),
            rank=rank,
            part=INDICATORS,
        ),
    )


_RANKS = (*range(1, HIGHEST_RANK + 1), None)
_LEVELS = {rank: _level_columns(rank) for rank in _RANKS}
_ALL = {
    column.name: column
    for column in (*_BASE, *(one for pair in _LEVELS.values() for one in pair), _LAST)
}


def columns_for(ranks: Iterable[int | None]) -> tuple[Column, ...]:
    """The columns of a table whose levels have these ranks, in order."""
    levels = (column for rank in ranks for column in _LEVELS[rank])
    return (*_BASE, *levels, _LAST)


def column(name: str) -> Column | None:
    return _ALL.get(name)


def level_field(rank: int | None, part: str) -> str:
    """The name of a level's column; ``part`` is ``DESCRIPTION`` or ``INDICATORS``."""
    return f"level_{NO_RANK if rank is None else rank}_{part}"


def heading(name: str) -> str:
    """How the column is headed for whoever reads; any other name is shown as it is."""
    known = _ALL.get(name)
    if known is None or not known.part:
        return str(_HEADINGS.get(name, name))
    return _level_heading(known)


def _level_heading(known: Column) -> str:
    is_description = known.part == DESCRIPTION
    if known.rank is None:
        return (
            _("Level without a rank: description")
            if is_description
            else (_("Level without a rank: indicators"))
        )
    words = _("Level %(rank)d description") if is_description else _("Level %(rank)d indicators")
    return words % {"rank": known.rank}


def column_headed(words: str) -> Column | None:
    """The column that these words head, in English or in the reader's language."""
    return _by_heading(translation.get_language() or "").get(_plain(words))


@lru_cache(maxsize=8)
def _by_heading(language: str) -> dict[str, Column]:
    found = {_plain(heading(name)): known for name, known in _ALL.items()}
    with translation.override(None):
        return {_plain(heading(name)): known for name, known in _ALL.items()} | found


def _plain(words: str) -> str:
    return " ".join(words.replace("*", " ").casefold().split())
