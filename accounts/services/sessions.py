"""Ending sessions: one's own that are open elsewhere, and all of somebody whose sign-in changed."""

from datetime import datetime

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Person
from accounts.services.ledger import record


@transaction.atomic
def end_session(*, session: UserSession, by: Person, now: datetime) -> None:
    """End one of one's own sessions; its next request is a stranger's."""
    _end(UserSession.objects.filter(pk=session.pk, user=by))
    record(by=by, now=now, verb="end_session", about=by, subject_id=by.pk, rule="own_sessions")


@transaction.atomic
def end_other_sessions(*, by: Person, kept_key: str, now: datetime) -> int:
    """End every session of one's own but the one with ``kept_key``; return how many there were."""
    ended = _end(UserSession.objects.filter(user=by).exclude(session_key=kept_key))
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


def end_all_of(person: Person, *, but: str = "") -> int:
    """End the sessions and tokens of somebody whose way of signing in has changed.

    Part of the act that changed it, in its transaction; ``but`` is the key of a session to keep.
    """
    Token.objects.filter(user=person).delete()
    return _end(UserSession.objects.filter(user=person).exclude(session_key=but))


def _end(listed: QuerySet[UserSession]) -> int:
    keys = list(listed.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    listed.filter(session_key__in=keys).delete()
    return len(keys)
