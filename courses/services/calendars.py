"""Giving a person an address for their diary, a new one, or none; and invitations, or none."""

from datetime import datetime
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Person
from accounts.services.ledger import record
from courses.models import CalendarFeed, InvitationRefusal
from courses.selectors.diary import hashed


@transaction.atomic
def renew_feed(*, by: Person, now: datetime) -> str:
    """Make an address for the diary of ``by``, and return what makes it out, once. One from
    before ends."""
    # Two windows that ask at once queue here, and the later address is the one that works.
    Person.objects.select_for_update().get(pk=by.pk)
    _live(by).update(ended_at=now)
    token = token_urlsafe(32)
    CalendarFeed.objects.create(person=by, token_hash=hashed(token), created_at=now)
    record(
        by=by,
        now=now,
        verb="renew_calendar",
        about=by,
        subject_id=by.pk,
        rule="own_calendar",
        facts={},
    )
    return token


@transaction.atomic
def end_feed(*, by: Person, now: datetime) -> bool:
    """Take the address of ``by`` back, if there is one: it leads to nothing from now on."""
    ended = _live(by).update(ended_at=now)
    record(
        by=by,
        now=now,
        verb="end_calendar",
        about=by,
        subject_id=by.pk,
        rule="own_calendar",
        facts={"ended": ended},
    )
    return bool(ended)


@transaction.atomic
def refuse_invitations(*, by: Person, now: datetime) -> None:
    """Send ``by`` no invitations by mail from now on; what these say is in the digest. Asked
    twice, it is as if asked once."""
    _, made = InvitationRefusal.objects.get_or_create(person=by, defaults={"since_at": now})
    if made:
        _record_about_mail(by, verb="refuse_invitations", now=now)


@transaction.atomic
def take_invitations(*, by: Person, now: datetime) -> None:
    """Send ``by`` invitations by mail again."""
    if InvitationRefusal.objects.filter(person=by).delete()[0]:
        _record_about_mail(by, verb="take_invitations", now=now)


def _record_about_mail(by: Person, *, verb: str, now: datetime) -> None:
    record(by=by, now=now, verb=verb, about=by, subject_id=by.pk, rule="own_calendar")


def _live(person: Person) -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.filter(person=person, ended_at__isnull=True)
