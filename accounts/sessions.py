"""How long somebody stays signed in: facts kept in the session itself and judged on the server.

A session ends half an hour after the last page was opened, and twelve hours after signing in
whatever happens. A clock that goes back never makes one live longer.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# Each page moves the end of the session, but the row is written at most this often.
WRITTEN_EVERY = timedelta(minutes=1)
# What the clocks of two web servers may differ by.
CLOCKS_DIFFER = timedelta(seconds=90)

_FACTS = "waymark_signed_in"


class Ended(StrEnum):
    """Why a session is over."""

    IDLE = "idle"
    LONG = "long"
    UNKNOWN = "unknown"


def begin(session: SessionBase, *, roles: str, now: datetime) -> None:
    """Note that somebody has just signed in, and in which roles."""
    at = now.timestamp()
    session[_FACTS] = {"signed_in_at": at, "seen_at": at, "roles": roles}


def why_ended(session: SessionBase, *, now: datetime) -> Ended | None:
    """Why the session is over, or None while it lasts."""
    times = _times(session)
    if times is None:
        return Ended.UNKNOWN
    signed_in_at, seen_at = times
    if max(signed_in_at, seen_at) > now + CLOCKS_DIFFER:
        return Ended.UNKNOWN
    if now >= signed_in_at + LONGEST:
        return Ended.LONG
    return Ended.IDLE if now >= seen_at + IDLE else None


def see(session: SessionBase, *, now: datetime) -> bool:
    """Move the end of a session that somebody uses; return whether there was anything to write."""
    times = _times(session)
    if times is None or now < times[1] + WRITTEN_EVERY:
        return False
    session[_FACTS] = {**session[_FACTS], "seen_at": now.timestamp()}
    return True


def open_until(session: SessionBase) -> datetime | None:
    """When the session ends unless another page is opened before."""
    times = _times(session)
    return min(times[1] + IDLE, times[0] + LONGEST) if times else None


def known_roles(session: SessionBase) -> str:
    """The roles that the session's key was made for, in the words of ``begin``."""
    return str(session.get(_FACTS, {}).get("roles", ""))


def remember_roles(session: SessionBase, roles: str) -> None:
    session[_FACTS] = {**session[_FACTS], "roles": roles}


def renew_key(request: HttpRequest) -> None:
    """Give the session another key: whoever knew the old one is left outside.

    The row that lists the session as one of its person's follows it.
    """
    known_as = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=known_as).update(session_key=request.session.session_key)


def forget(request: HttpRequest) -> None:
    """End the session of ``request`` here and now."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    request.session.flush()


def _times(session: SessionBase) -> tuple[datetime, datetime] | None:
    facts: Any = session.get(_FACTS)
    if not isinstance(facts, dict):
        return None
    return (
        datetime.fromtimestamp(facts["signed_in_at"], UTC),
        datetime.fromtimestamp(facts["seen_at"], UTC),
    )
