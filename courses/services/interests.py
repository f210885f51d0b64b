"""Telling people about the next session of a programme, for as long as they want to know."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor, SystemJob
from accounts.models import Event, Person
from accounts.scope import lifted, run_as
from accounts.services.ledger import event_row, record
from common.dates import london_date
from courses.models import Enrolment, Interest, InterestEnd, Programme, Session
from courses.selectors.interests import who_wants_to_know
from courses.services.notices import facts_of
from jobs.services.outbox import put
from notifications.services.notices import notify_many

TELL = "courses.tell_of_session"
TELLER = SystemJob("courses.tell_of_session", organisation_ids=None)


@transaction.atomic
def start_telling(*, programme: Programme, by: Person, now: datetime) -> Interest:
    """Tell ``by`` about every session of ``programme`` that opens from now on. Asked twice, it is
    as if asked once."""
    # Two windows that ask at once queue here.
    Person.objects.select_for_update().get(pk=by.pk)
    known = Interest.objects.live().filter(person=by, programme=programme).first()
    interest = known or Interest.objects.create(person=by, programme=programme, since_at=now)
    if known is None:
        _record(interest, verb="start_telling", by=by, now=now)
    return interest


@transaction.atomic
def stop_telling(*, programme: Programme, by: Person, now: datetime) -> None:
    """Tell ``by`` no longer about ``programme``, whether or not they were told."""
    rows = Interest.objects.select_for_update().live().filter(person=by, programme=programme)
    for interest in rows:
        interest.ended_at, interest.ended_because = now, InterestEnd.SELF
        interest.save(update_fields=["ended_at", "ended_because"])
        _record(interest, verb="stop_telling", by=by, now=now)


def end_interests_of(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """Whoever has a place needs to be told of no other."""
    with lifted(TELLER):
        taken = {(row.person_id, row.session.offering.programme_id) for row in enrolments}
        people, programmes = ({pair[number] for pair in taken} for number in (0, 1))
        rows = Interest.objects.select_for_update().live().order_by("pk")
        found = rows.filter(person__in=people, programme__in=programmes)
        ended = [row for row in found if (row.person_id, row.programme_id) in taken]
        for interest in ended:
            interest.ended_at, interest.ended_because = now, InterestEnd.PLACE
        Interest.objects.bulk_update(ended, ["ended_at", "ended_because"])
        Event.objects.bulk_create(_event(row, by=by, now=now) for row in ended)


def ask_to_tell(session: Session, *, now: datetime) -> None:
    """A session is open: whoever wants to know is told once this is committed."""
    put(kind=TELL, key=f"session:{session.pk}:told", payload={"session_id": session.pk}, now=now)


def tell_of_session(payload: Mapping[str, Any], now: datetime) -> None:
    """Tell everybody whom a session concerns, each once; it may be done again."""
    with run_as(TELLER):
        rows = Session.objects.select_related("offering__programme").unsettled(now=now)
        session = rows.filter(pk=payload["session_id"]).first()
        if session is None:
            return
        notify_many(
            recipient_ids=who_wants_to_know(session, on=london_date(now)),
            rule="courses.next_session",
            subject_key=f"session:{session.pk}:opened",
            url=reverse("courses:session_show", args=[session.pk]),
            now=now,
            facts=facts_of(session),
        )


def _record(interest: Interest, *, verb: str, by: Person, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=interest,
        subject_id=interest.person_id,
        rule="own_interest",
        facts={"programme": interest.programme_id},
    )


def _event(interest: Interest, *, by: Actor, now: datetime) -> Event:
    return event_row(
        by=by,
        now=now,
        verb="stop_telling",
        about=interest,
        rule="has_a_place",
        organisation_id=None,
        subject_id=interest.person_id,
        facts={"programme": interest.programme_id},
    )
