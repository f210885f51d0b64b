"""Reads about signing in: one's own sessions, and who decides about a colleague's sign-in."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import Relation, roles_at
from accounts.sessions import IDLE, LONGEST, WRITTEN_EVERY
from accounts.visibility import standing

# Beginnings of what browsers call themselves; the first that fits wins, because each claims to be
# those after it as well.
_BROWSERS = (
    ("Edg", "Microsoft Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One place where a person is signed in; ``device`` in plain words."""

    pk: int
    device: str
    signed_in_at: datetime
    seen_at: datetime
    is_this_one: bool


def open_sessions(person: Person, *, key: str | None, now: datetime) -> list[OpenSession]:
    """Where ``person`` is signed in at ``now``, the session with ``key`` first, then the latest."""
    found = [
        OpenSession(
            pk=row.pk,
            device=device_in_words(row.user_agent),
            signed_in_at=row.created_at,
            seen_at=row.last_seen_at,
            is_this_one=row.session_key == key,
        )
        for row in own_sessions(person, now=now)
    ]
    return sorted(found, key=lambda session: not session.is_this_one)


def own_sessions(person: Person, *, now: datetime) -> QuerySet[UserSession]:
    """The rows of sessions of ``person`` that are not over, the latest first."""
    kept = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    rows: QuerySet[UserSession] = UserSession.objects.filter(
        Exists(kept),
        user=person,
        created_at__gt=now - LONGEST,
        last_seen_at__gt=now - IDLE - WRITTEN_EVERY,
    )
    return rows.order_by("-last_seen_at", "-pk")


def second_steps_of(person: Person) -> list[Authenticator]:
    """What ``person`` has set up, recovery codes left out."""
    rows = Authenticator.objects.filter(user=person)
    return list(rows.exclude(type=Authenticator.Type.RECOVERY_CODES).order_by("created_at", "pk"))


def device_in_words(user_agent: str) -> str:
    """ "Chrome on Windows"; what a browser says of itself, which it may also get wrong."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    device = next((name for mark, name in _DEVICES if mark in user_agent), "")
    if browser and device:
        return _("%(browser)s on %(device)s") % {"browser": browser, "device": device}
    return browser or device or _("A browser we do not know")


def runs_sign_in(actor: Actor, *, on: date) -> bool:
    """Whether ``actor`` looks after anybody's sign-in on ``on``."""
    return standing(actor, on=on).holds("HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR")


def roles_everywhere_of(person: Person, *, by: Actor, on: date) -> Set[Relation]:
    """The roles that ``by`` holds in every organisation that ``person`` belongs to on ``on``.

    Of somebody who belongs nowhere any more: in every one that they ever belonged to.
    """
    now_in, ever_in = (
        {
            organisation_id
            for rows in (person.assignments, person.board_seats)
            for organisation_id in (rows.on(on) if day else rows.all()).values_list(
                "organisation_id", flat=True
            )
        }
        for day in (True, False)
    )
    organisation_ids = now_in or ever_in
    held = [roles_at(by, organisation_id, on=on) for organisation_id in sorted(organisation_ids)]
    return frozenset.intersection(*held) if held else _roles_without_place(by, on=on)


def _roles_without_place(by: Actor, *, on: date) -> frozenset[Relation]:
    """Somebody who never belonged anywhere is looked after by the platform, and nobody else."""
    place = standing(by, on=on)
    if place.is_everywhere:
        return frozenset({Relation.SYSTEM})
    runs_platform = place.holds(Relation.PLATFORM_OPERATOR)
    return frozenset({Relation.PLATFORM_OPERATOR}) if runs_platform else frozenset()
