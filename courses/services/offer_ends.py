"""Ending offers in time: once places settle earlier than before, so do offers of them end."""

from courses.models import EnrolmentState, Session


def end_offers_in_time(session: Session) -> None:
    """Bring the ends of offers forward to when places of a locked session settle now. Part of the
    change of its times, which the caller records."""
    late = session.enrolments.filter(
        state=EnrolmentState.OFFERED, offer_ends_at__gt=session.settles_at
    )
    late.update(offer_ends_at=session.settles_at)
