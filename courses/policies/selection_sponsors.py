"""Who may write about somebody who applies for a place."""

from collections.abc import Set

from accounts.selectors.relations import Relation
from courses.models import SponsorStatement


def may_write_statement(
    to_person: Set[Relation],
    *,
    statement: SponsorStatement,
    is_sponsor: bool,
    is_on_panel: bool,
) -> bool:
    """Write about an applicant: whom they named, never themselves and never who chooses."""
    return is_sponsor and not is_on_panel and Relation.SELF not in to_person
