"""Refusing what would take seats away that are kept for an organisation."""

from django.utils.translation import gettext as _

from common.errors import Conflict
from courses.models import Session
from courses.selectors.allotments import Pools


def refuse_below_kept_seats(session: Session, *, capacity: int) -> None:
    """Places that are kept for organisations, or taken from the open ones, are not taken away."""
    pools = Pools(session)
    if pools.kept and capacity < session.capacity - pools.open:
        raise Conflict(
            _(
                "%(count)d places are taken or kept for organisations. Enter that number or more,"
                " or keep fewer."
            )
            % {"count": session.capacity - pools.open},
            code="fewer_than_kept",
        )
