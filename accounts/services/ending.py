"""Ends sessions and tokens, as part of the act that makes them end, in its transaction."""

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from accounts.models import Person


def end_all_of(person: Person, *, but: str = "") -> int:
    """End the sessions and tokens of somebody whose way of signing in has changed; return how many
    sessions there were. ``but`` is the key of one to keep."""
    Token.objects.filter(user=person).delete()
    return end_listed(UserSession.objects.filter(user=person).exclude(session_key=but))


def end_listed(listed: QuerySet[UserSession]) -> int:
    """End the sessions of these rows; return how many there were."""
    keys = list(listed.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    listed.filter(session_key__in=keys).delete()
    return len(keys)
