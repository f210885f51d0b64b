"""Judging a credential that somebody brings: by the keys and lists of this system, from nothing
else. Nothing is fetched, and nothing is kept."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import jwt
from django.utils.translation import gettext_lazy as _
from jwt.types import Options

from common.text import unstorable
from courses.models import SigningKey, StatusEntry
from courses.services.open_badges import status_list_of, token_in_image

# A credential of ours has five thousand characters; nobody's has fifty.
MOST_CHARACTERS = 50_000
# The library checks the signature; when it counts is judged by the clock of whoever calls.
_CHECKS: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
}
_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class Finding(StrEnum):
    VALID = "VALID"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    KEY_GIVEN_UP = "KEY_GIVEN_UP"
    TAMPERED = "TAMPERED"
    UNKNOWN_ISSUER = "UNKNOWN_ISSUER"
    NOT_A_CREDENTIAL = "NOT_A_CREDENTIAL"


SENTENCES = {
    Finding.VALID: _("This credential is genuine and in force."),
    Finding.REVOKED: _(
        "This credential is genuine, and its issuer has revoked it or put another in its place. "
        "Ask the person who showed it for the one that counts."
    ),
    Finding.EXPIRED: _("This credential is genuine, and its time is over."),
    Finding.KEY_GIVEN_UP: _(
        "This credential is signed with a key that its issuer has given up, because somebody else "
        "may have had it. Ask the person who showed it to download it again."
    ),
    Finding.TAMPERED: _(
        "This credential is not what its issuer signed. Something in it has been changed, so "
        "believe nothing it says."
    ),
    Finding.UNKNOWN_ISSUER: _(
        "Nobody who issues certificates here has signed this. Check it where its issuer says."
    ),
    Finding.NOT_A_CREDENTIAL: _(
        "There is no credential in this. Paste the text of a credential, or choose a badge file "
        "that was downloaded here."
    ),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a genuine credential says, and nothing else of its person."""

    title: str
    issuer: str
    issued_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    finding: Finding
    said: Said | None = None

    @property
    def is_valid(self) -> bool:
        return self.finding == Finding.VALID

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.finding])


def judge_image(content: bytes, *, now: datetime) -> Verdict:
    """Judge the credential that a badge carries."""
    signed = token_in_image(content)
    return judge(signed, now=now) if signed else Verdict(Finding.NOT_A_CREDENTIAL)


def judge(signed: str, *, now: datetime) -> Verdict:
    """Judge a credential as it is written down: by its signature first, and only then by what it
    says of itself."""
    signed = signed.strip()
    header = _header(signed)
    if header is None:
        return Verdict(Finding.NOT_A_CREDENTIAL)
    key = _key_named_by(header)
    if key is None:
        return Verdict(Finding.UNKNOWN_ISSUER)
    claims = _signed_claims(signed, key)
    return Verdict(Finding.TAMPERED) if claims is None else _judge_genuine(claims, key, now=now)


def _judge_genuine(claims: dict[str, Any], key: SigningKey, *, now: datetime) -> Verdict:
    """Judge what the issuer has signed: it may have taken it back since."""
    said, entry = _said(claims), _entry(claims, key)
    if said is None or entry is None or claims.get("iss") != key.issuer.did:
        return Verdict(Finding.NOT_A_CREDENTIAL)
    if key.compromised_on is not None:
        return Verdict(Finding.KEY_GIVEN_UP)
    if entry.revoked_at is not None:
        return Verdict(Finding.REVOKED, said)
    if said.expires_at is not None and said.expires_at <= now:
        return Verdict(Finding.EXPIRED, said)
    return Verdict(Finding.VALID, said)


def _header(signed: str) -> dict[str, Any] | None:
    """What a credential says of its signature; nothing if this is none."""
    if len(signed) > MOST_CHARACTERS or not _COMPACT.fullmatch(signed):
        return None
    try:
        return jwt.get_unverified_header(signed)
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return None


def _key_named_by(header: dict[str, Any]) -> SigningKey | None:
    named = header.get("kid")
    did, _sign, key_id = named.partition("#") if isinstance(named, str) else ("", "", "")
    if unstorable(did + key_id):
        return None
    keys = SigningKey.objects.select_related("issuer").filter(key_id=key_id, issuer__did=did)
    return keys.first()


def _signed_claims(signed: str, key: SigningKey) -> dict[str, Any] | None:
    """What the signature covers, or nothing if it does not fit. Times are judged by the caller."""
    try:
        # The algorithm is that of our keys, whatever the header says.
        claims: dict[str, Any] = jwt.decode(
            signed, jwt.PyJWK(key.public_jwk, algorithm="EdDSA"), ["EdDSA"], options=_CHECKS
        )
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return None
    return claims


def _said(claims: dict[str, Any]) -> Said | None:
    try:
        until = claims.get("validUntil")
        return Said(
            title=str(claims["credentialSubject"]["achievement"]["name"]),
            issuer=str(claims["issuer"]["name"]),
            issued_at=datetime.fromisoformat(claims["validFrom"]),
            expires_at=datetime.fromisoformat(until) if until else None,
        )
    except (KeyError, TypeError, ValueError):
        return None


def _entry(claims: dict[str, Any], key: SigningKey) -> StatusEntry | None:
    """The number by which its issuer revokes the credential; one without cannot be trusted."""
    try:
        status = claims["credentialStatus"]
        public_id: UUID = status_list_of(status["statusListCredential"])
        index = int(status["statusListIndex"])
    except (KeyError, TypeError, ValueError):
        return None
    lists = {"status_list__public_id": public_id, "status_list__issuer_id": key.issuer_id}
    return StatusEntry.objects.filter(index=index, **lists).first()
