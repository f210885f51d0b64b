"""Open Badges 3.0 as the rest of this app needs it: the only module that knows the library."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse
from openbadgeslib import baking
from openbadgeslib.ob3 import (
    Achievement,
    Alignment,
    IdentityObject,
    OpenBadgeCredential,
    build_did_document,
    build_status_list_credential,
    status_entry,
)
from openbadgeslib.ob3 import Issuer as Profile

from common.dates import london_midnight
from courses.models import Certificate, Issuer, SigningKey, StatusList

REVOCATION = "revocation"
# Served for a week at the most, so that nobody can show an old list for long; signed each day.
LIST_LASTS = timedelta(days=7)
# How long whoever checks may go on with the list they have, in milliseconds.
_LIST_TTL = 5 * 60 * 1000
_PNG = "images/badge.png"
_PNG_STARTS = b"\x89PNG\r\n\x1a\n"


def identifier_of(public_id: UUID) -> str:
    """The did:web of an issuer: the address of its document, in the words of that method."""
    site = urlsplit(settings.SITE_URL)
    return f"did:web:{quote(site.netloc, safe='')}:issuers:{public_id}"


def did_document(issuer: Issuer, keys: Iterable[SigningKey]) -> dict[str, Any]:
    """What did:web resolves to: every key that is believed, the one in use first."""
    named = [(key.key_id, key.public_jwk) for key in keys]
    document: dict[str, Any] = build_did_document(issuer.did, named)
    return document


def key_set(issuer: Issuer, keys: Iterable[SigningKey]) -> dict[str, Any]:
    """The same keys as a JSON Web Key Set."""
    return {
        "keys": [
            {**key.public_jwk, "kid": f"{issuer.did}#{key.key_id}", "alg": "EdDSA", "use": "sig"}
            for key in keys
        ]
    }


def list_address(status_list: StatusList) -> str:
    return settings.SITE_URL + reverse("courses:status_list", args=[status_list.public_id])


def list_claims(
    status_list: StatusList, revoked: Iterable[int], *, now: datetime
) -> dict[str, Any]:
    """What a status list says at ``now``, to be signed."""
    address = list_address(status_list)
    claims: dict[str, Any] = build_status_list_credential(
        status_list.issuer.did,
        address,
        REVOCATION,
        revoked,
        size_bits=status_list.size,
        issued=now,
        valid_until=now + LIST_LASTS,
        ttl=_LIST_TTL,
    )
    return {
        **claims,
        "iss": status_list.issuer.did,
        "jti": address,
        "nbf": int(now.timestamp()),
        "exp": int((now + LIST_LASTS).timestamp()),
    }


def status_list_of(address: str) -> UUID:
    """Which of our lists an address in a credential of ours names, whatever this site was called
    when it was signed; ``ValueError`` for what is no address of a list."""
    before, _slash, after = reverse("courses:status_list", args=[UUID(int=0)]).partition(
        str(UUID(int=0))
    )
    _site, found, named = urlsplit(address).path.rpartition(before)
    if not found or not named.endswith(after):
        raise ValueError("That is no list of ours.")
    return UUID(named.removesuffix(after))


def token_in_image(content: bytes) -> str:
    """The credential that a badge carries, or nothing if it is no badge or carries none."""
    try:
        if content.startswith(_PNG_STARTS):
            found = baking.extract_png(content, keyword=baking.ITXT_KEYWORD_OB3)
        else:
            found = baking.extract_svg(content, element=baking.SVG_ELEMENT_OB3)
    except Exception:  # noqa: BLE001 - the library lets every parser's own error through
        return ""
    return found or ""


def claims_of(certificate: Certificate, *, email: str, salt: str) -> dict[str, Any]:
    """What a certificate says as an OpenBadgeCredential, to be signed.

    Whose it is says a number drawn for this lineage, and the hash of an e-mail address with a salt
    of its own: whoever knows the address can see that it fits, and nobody can read it off.
    """
    entry = certificate.status_entry
    last = certificate.expires_on
    until = london_midnight(last + timedelta(days=1)) if last else None
    credential = OpenBadgeCredential(
        id=f"urn:uuid:{certificate.public_id}",
        name=certificate.title,
        issuer=Profile(id=certificate.issuer.did, name=certificate.issuer_name),
        recipient_id=f"urn:uuid:{certificate.lineage}",
        identifiers=[_identity(email, salt=salt)] if email else [],
        achievement=_achievement(certificate),
        issuance_date=certificate.issued_at.replace(microsecond=0),
        expiration_date=until,
        credits_earned=certificate.credits,
        credential_status=[status_entry(list_address(entry.status_list), REVOCATION, entry.index)],
    )
    claims: dict[str, Any] = credential.to_jwt_payload()
    # The library's model of an alignment has no place for what kind of thing it leads to.
    for alignment in claims["credentialSubject"]["achievement"].get("alignment", ()):
        alignment["targetType"] = "CFItem"
    return claims


def badge_svg(certificate: Certificate, signed: str) -> bytes:
    """The badge as a drawing that carries the credential."""
    drawing = render_to_string("documents/badge.svg", {"certificate": certificate})
    baked: bytes = baking.bake_svg(
        drawing.encode(),
        signed,
        element=baking.SVG_ELEMENT_OB3,
        namespace=baking.SVG_NS_OB3,
    )
    return baked


def badge_png(certificate: Certificate, signed: str) -> bytes:
    """The badge as a picture that carries the credential: the same for every certificate."""
    found = finders.find(_PNG)
    if not isinstance(found, str):
        raise FileNotFoundError(_PNG)
    baked: bytes = baking.bake_png(
        Path(found).read_bytes(), signed, keyword=baking.ITXT_KEYWORD_OB3
    )
    return baked


def _identity(email: str, *, salt: str) -> IdentityObject:
    """The hash of an address with a salt, as the standard has it."""
    hashed = sha256((email.lower() + salt).encode()).hexdigest()
    return IdentityObject(f"sha256${hashed}", "emailAddress", hashed=True, salt=salt)


def _achievement(certificate: Certificate) -> Achievement:
    """What was achieved; the same words from the same issuer are the same achievement."""
    said = "\n".join(
        (
            certificate.issuer.did,
            certificate.title,
            certificate.criteria,
            certificate.level,
            certificate.body,
            certificate.accreditation,
        )
    )
    return Achievement(
        id=f"urn:uuid:{uuid5(NAMESPACE_URL, said)}",
        name=certificate.title,
        description=_description(certificate),
        criteria_narrative=certificate.criteria,
        achievement_type=_KINDS.get(certificate.award_kind, "Certificate"),
        credits_available=certificate.credits,
        alignments=[
            Alignment(
                target_name=outcome["title"],
                target_url=outcome["url"],
                target_framework=outcome["framework"],
                target_code=outcome["code"],
                target_description=outcome["level"],
            )
            for outcome in certificate.outcomes
        ],
    )


_KINDS = {
    "CERTIFICATE": "Certificate",
    "CREDENTIAL": "Badge",
    "": "CertificateOfCompletion",
}


def _description(certificate: Certificate) -> str:
    parts = (certificate.programme_title, certificate.level, certificate.accreditation)
    return ". ".join(part for part in parts if part) or certificate.title
