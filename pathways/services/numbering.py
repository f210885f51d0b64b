"""The places of the parts of a draft, written by one statement however many they are.

Positions run through a domain from the top down, each competency before its parts, so that every
reader who sorts by position alone reads them in the order of the page.
"""

from collections.abc import Collection, Iterable

from pathways.models import Competency, Domain, FrameworkVersion
from pathways.selectors.authoring import in_order
from pathways.services.rows import Values, change_rows


def rows_of(domain_id: int, *, version: FrameworkVersion) -> list[Competency]:
    """The competencies of a domain of the held draft, by their places."""
    rows = Competency.objects.filter(version=version, domain_id=domain_id)
    return list(rows.order_by("position", "pk"))


def number(rows: Iterable[Competency], *, moved: Collection[int] = ()) -> None:
    """Give all competencies of one domain their places, siblings in the order of ``rows``.

    Those named in ``moved`` get the domain and the parent that they now say as well.
    """
    changed: dict[int, Values] = {}
    for place, (row, *_shape) in enumerate(in_order(rows), start=1):
        if row.position != place or row.pk in moved:
            row.position = place
            changed[row.pk] = {"position": place}
            if moved:
                changed[row.pk] |= {"domain_id": row.domain_id, "parent_id": row.parent_id}
    change_rows(Competency, changed)


def number_domains(rows: Iterable[Domain]) -> None:
    """Give the domains of a draft their places in the order of ``rows``."""
    changed: dict[int, Values] = {}
    for place, row in enumerate(rows, start=1):
        if row.position != place:
            row.position = place
            changed[row.pk] = {"position": place}
    change_rows(Domain, changed)
