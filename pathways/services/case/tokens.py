"""Tokens that other systems ask for: kept sealed, for a quarter of an hour, beside the database."""

from uuid import UUID

from django.conf import settings
from django.core.cache import cache

from accounts.encryption import KeyRing, Unreadable

KEPT_FOR = 15 * 60


def keep_token(of: UUID, token: str) -> None:
    """For whoever fetches in a moment; no table and no log ever holds it."""
    cache.set(_key(of), _ring().encrypt(token, bound_to=str(of)), timeout=KEPT_FOR)


def token_of(fetch: UUID) -> str:
    """The token, or nothing where there was none or its time is over."""
    sealed = cache.get(_key(fetch))
    if sealed is None:
        return ""
    try:
        return _ring().decrypt(sealed, bound_to=str(fetch))
    except Unreadable:
        return ""


def forget_token(of: UUID) -> None:
    cache.delete(_key(of))


def _key(fetch: UUID) -> str:
    return f"case-token:{fetch}"


def _ring() -> KeyRing:
    return KeyRing([settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], purpose="case tokens")
