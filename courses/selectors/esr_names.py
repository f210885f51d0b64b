"""Names of competencies as the Electronic Staff Record writes them, read and written.

``NHS|CSTF|Fire Safety - 2 Years|``: owner, set, title with an optional period, each ended by a bar.
The owner is NHS or the three-digit VPD of an organisation.
"""

import re
from dataclasses import dataclass

from courses.models import SubjectLevel, SubjectSet

NATIONAL = "NHS"
_OWNER = re.compile(r"NHS|[0-9]{3}")
# What the staff record writes for the set that we call mandatory.
_SETS = {
    "CSTF": SubjectSet.CSTF,
    "CORE": SubjectSet.CORE,
    "MANDATORY": SubjectSet.MANDATORY,
    "MAND": SubjectSet.MANDATORY,
    "LOCAL": SubjectSet.LOCAL,
}
_PERIOD = re.compile(r"(?s)(.+?) - ([1-9][0-9]{0,2}) (Year|Month)s?", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class CompetencyName:
    """``months`` None: the name says no period. ``title`` has no bar and no period at its end."""

    owner: str
    subject_set: SubjectSet
    title: str
    months: int | None = None

    def __post_init__(self) -> None:
        if not _OWNER.fullmatch(self.owner):
            raise ValueError("The owner is NHS or three digits.")
        if not self.title or self.title != _one_line(self.title) or "|" in self.title:
            raise ValueError("A title is one line without a bar.")
        if _PERIOD.fullmatch(self.title):
            raise ValueError("The period does not belong to the title.")
        if self.months is not None and not 1 <= self.months < 1000:
            raise ValueError("A period is of 1 to 999 months.")


def parse_competency(text: str) -> CompetencyName | None:
    """Return the name, or None where it is none. Further spaces and a missing last bar are
    forgiven, because people type these names."""
    parts = [_one_line(part) for part in text.split("|")]
    if parts and parts[-1] == "":
        parts.pop()
    if len(parts) != 3:
        return None
    owner, set_name, rest = parts[0].upper(), parts[1].upper(), parts[2]
    if set_name not in _SETS:
        return None
    title, months = _without_period(rest)
    try:
        return CompetencyName(owner, _SETS[set_name], title, months)
    except ValueError:
        return None


def format_competency(name: CompetencyName) -> str:
    """Whole years are written as years."""
    return f"{name.owner}|{name.subject_set.value}|{name.title}{_period(name.months)}|"


def name_of(level: SubjectLevel, *, months: int | None) -> CompetencyName:
    """The name under which ``level`` goes out, where it counts for ``months``."""
    subject = level.subject
    title = f"{subject.title} - {level.label}" if level.label else subject.title
    return CompetencyName(
        owner=subject.vpd or NATIONAL,
        subject_set=SubjectSet(subject.subject_set),
        title=_without_period(_one_line(title))[0],
        months=months,
    )


def key_of(title: str) -> str:
    """Titles that differ in letters' size, spaces, commas or in "and" and "&" are the same."""
    words = re.sub(r"[^0-9a-z]+", " ", title.lower().replace("&", " and "))
    return " ".join(word for word in words.split() if word != "and")


def says_a_period(title: str) -> bool:
    """Whether ``title`` ends in what the staff record would read as a period."""
    return bool(_PERIOD.fullmatch(_one_line(title)))


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _without_period(text: str) -> tuple[str, int | None]:
    found = _PERIOD.fullmatch(text)
    if not found:
        return text, None
    months = int(found[2]) * (12 if found[3].lower() == "year" else 1)
    # A period of a hundred years is a slip of whoever typed it, and is part of the title.
    return (found[1], months) if months < 1000 else (text, None)


def _period(months: int | None) -> str:
    if months is None:
        return ""
    if months % 12:
        return f" - {months} Month" if months == 1 else f" - {months} Months"
    years = months // 12
    return f" - {years} Year" if years == 1 else f" - {years} Years"
