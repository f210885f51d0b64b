"""Swaps of places, as tests need them."""

from courses.models import Enrolment, SwapRequest
from tests.factories.clock import NOW


def asked(mine: Enrolment, theirs: Enrolment, **fields: object) -> SwapRequest:
    """Whoever has ``mine`` asks whoever has ``theirs`` to swap."""
    given: dict[str, object] = {
        "asker": mine.person,
        "partner": theirs.person,
        "place": mine,
        "other_place": theirs,
        "session": mine.session,
        "other_session": theirs.session,
        "asked_at": NOW,
        "ends_at": min(mine.session.settles_at, theirs.session.settles_at),
        **fields,
    }
    return SwapRequest.objects.create(**given)
