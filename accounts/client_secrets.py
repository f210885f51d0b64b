"""How the secret of a program is made, kept and compared.

A password is hashed slowly because it can be guessed. A secret of 256 random bits cannot, so one
round of SHA-256 keeps it as well, and asking for a token costs microseconds rather than a quarter
of a second of processor that somebody with a wrong secret could spend for us.
"""

from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe

from django.contrib.auth.hashers import check_password

# Told apart from other long words by the scanners that look for secrets in published code.
_BEGINNING = "wm_"
_SHOWN = len(_BEGINNING) + 6
_FAST = "sha256$"


def new_secret() -> str:
    """Of letters that neither a shell nor an address nor Basic authentication reads as its own."""
    return _BEGINNING + token_urlsafe(32)


def prefix_of(secret: str) -> str:
    """What is shown of a secret so that its owner knows which one it is."""
    return secret[:_SHOWN]


def hash_of(secret: str) -> str:
    return _FAST + sha256(secret.encode()).hexdigest()


def is_secret(given: str, *, kept: str) -> bool:
    """Whether ``given`` is the secret whose hash is ``kept``."""
    if kept.startswith(_FAST):
        return compare_digest(hash_of(given), kept)
    # Secrets from before secrets had a table of their own are hashed as passwords are.
    return check_password(given, kept)
