"""Published frameworks to start from: titles and codes, which are facts, and whose they are."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from pathways.selectors.workbooks import columns
from pathways.selectors.workbooks.records import Record

# What has no place in a file, since it comes from no row.
_NO_ROW = 0


@dataclass(frozen=True, slots=True)
class Starter:
    """``source`` is the file as it is read; ``is_verified`` false where parts are from memory."""

    code: str
    title: str
    publisher: str
    nation: str
    audience: str
    licence: str
    note: str
    sources: tuple[str, ...]
    is_verified: bool
    scale: Mapping[str, Any]
    domains: tuple[Mapping[str, Any], ...]
    file_name: str
    content: bytes

    @property
    def competency_count(self) -> int:
        return sum(len(domain.get("competencies", ())) for domain in self.domains)


@lru_cache(maxsize=1)
def starters() -> tuple[Starter, ...]:
    """Every framework that is ready to start from, by title."""
    found = (_read(path) for path in Path(settings.FRAMEWORK_STARTERS).glob("*.toml"))
    return tuple(sorted(found, key=lambda starter: starter.title))


def starter(code: str) -> Starter | None:
    return next((one for one in starters() if one.code == code), None)


def _read(path: Path) -> Starter:
    content = path.read_bytes()
    facts = tomllib.loads(content.decode())
    return Starter(
        sources=tuple(facts.pop("sources")),
        domains=tuple(facts.pop("domains")),
        file_name=path.name,
        content=content,
        **facts,
    )


def records_of(starter: Starter) -> tuple[Record, ...]:
    """The rows that a table of the framework would have. What is from memory says so in words."""
    records = []
    for domain in starter.domains:
        of_domain = {columns.DOMAIN_CODE: domain["code"], columns.DOMAIN_TITLE: domain["title"]}
        if not domain.get("is_verified", True):
            of_domain[columns.DOMAIN_SUMMARY] = unverified()
        competencies = domain.get("competencies", ())
        if not competencies:
            records.append(Record(_NO_ROW, of_domain))
        for row in competencies:
            texts = {columns.COMPETENCY_CODE: row["code"], columns.TITLE: row["title"]}
            if not row.get("is_verified", True):
                texts[columns.SUMMARY] = unverified()
            records.append(Record(_NO_ROW, of_domain | texts))
    return tuple(records)


def unverified() -> str:
    return _(
        "This title was written from memory. Compare it with the published framework before you"
        " publish, and take this sentence out."
    )
