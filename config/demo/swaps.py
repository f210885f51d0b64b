"""Somebody asks a colleague to swap places, and nobody has answered yet."""

from datetime import datetime
from itertools import pairwise

from config.demo.world import Body
from courses.models import LIVE_STATES, Enrolment, Session
from courses.selectors.clashes import people_with_a_clash
from courses.services.swaps import ask_for_swap

_PROGRAMME = "MARY_SEACOLE"


def ask_for_a_swap(home: Body, *, now: datetime) -> None:
    """Between the first two sessions in a row of which somebody on each could go to the other."""
    sessions = Session.objects.unsettled(now=now).filter(
        offering__programme__code=_PROGRAMME, offering__host=home.organisation
    )
    for here, there in pairwise(sessions.order_by("starts_at", "pk")):
        asker = next(iter(_who_could_go(here, instead=there)), None)
        partner = next(iter(_who_could_go(there, instead=here)), None)
        if asker and partner:
            email = partner.person.email
            ask_for_swap(enrolment=asker, session=there, email=email, by=asker.person, now=now)
            return


def _who_could_go(session: Session, *, instead: Session) -> list[Enrolment]:
    """Places on ``session`` of people who are not on the other and have no place at its time."""
    known = instead.enrolments.filter(state__in=LIVE_STATES).values("person")
    rows = session.enrolments.filter(state="CONFIRMED").exclude(person__in=known)
    places = list(rows.select_related("person").order_by("seat"))
    busy = people_with_a_clash(instead, person_ids={place.person_id for place in places})
    return [place for place in places if place.person_id not in busy]
