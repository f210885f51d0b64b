"""Ending sessions of one's own that are open elsewhere, and every one when the password changes."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import Person
from accounts.services.ending import end_all_of, end_listed
from accounts.services.ledger import record


@transaction.atomic
def end_session(*, session: UserSession, by: Person, now: datetime) -> None:
    """End one of one's own sessions; its next request is a stranger's."""
    end_listed(UserSession.objects.filter(pk=session.pk, user=by))
    record(by=by, now=now, verb="end_session", about=by, subject_id=by.pk, rule="own_sessions")


@transaction.atomic
def end_other_sessions(*, by: Person, kept_key: str, now: datetime) -> int:
    """End every session of one's own but the one with ``kept_key``; return how many there were."""
    ended = end_listed(UserSession.objects.filter(user=by).exclude(session_key=kept_key))
    record(
        by=by,
        now=now,
        verb="end_other_sessions",
        about=by,
        subject_id=by.pk,
        rule="own_sessions",
        facts={"sessions": ended},
    )
    return ended


@transaction.atomic
def note_new_password(*, by: Person, now: datetime) -> None:
    """Whoever knew the old password is signed in nowhere any more."""
    ended = end_all_of(by)
    record(
        by=by,
        now=now,
        verb="choose_password",
        about=by,
        subject_id=by.pk,
        rule="own_sign_in",
        facts={"sessions": ended},
    )
