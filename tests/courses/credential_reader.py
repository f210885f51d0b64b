"""A second reading of the standards, sharing no line with what issues: RFC 7515, RFC 8037, did:web
and Bitstring Status List, from the standard library and one primitive. Reads over HTTP only."""

import base64
import gzip
import json
from datetime import UTC, datetime
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Rejected(Exception):
    pass


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def document_address(did):
    """did:web: colons are slashes, and a document of an identifier with a path lies in it."""
    method, name, *path = did.split(":")[1:]
    assert method == "web"
    where = "/".join([unquote(name), *map(unquote, path)])
    return f"https://{where}/did.json" if path else f"https://{where}/.well-known/did.json"


def signed_by(signed, issuer, fetch):
    """The payload, if a key that the issuer asserts with has signed it."""
    head, body, signature = signed.split(".")
    header = json.loads(decoded(head))
    if header.get("alg") != "EdDSA":
        raise Rejected("algorithm")
    document = json.loads(fetch(document_address(issuer)))
    methods = {
        method["id"]: method
        for method in document["verificationMethod"]
        if method["id"] in document["assertionMethod"]
    }
    if header.get("kid") not in methods:
        raise Rejected("key")
    jwk = methods[header["kid"]]["publicKeyJwk"]
    if (jwk["kty"], jwk["crv"]) != ("OKP", "Ed25519"):
        raise Rejected("kind of key")
    try:
        Ed25519PublicKey.from_public_bytes(decoded(jwk["x"])).verify(
            decoded(signature), f"{head}.{body}".encode()
        )
    except InvalidSignature:
        raise Rejected("signature") from None
    return json.loads(decoded(body))


def bit_of(encoded, index):
    assert encoded.startswith("u")
    bits = gzip.decompress(decoded(encoded[1:]))
    return bool(bits[index // 8] & (128 >> index % 8))


def read(signed, fetch, *, now=None):
    """The credential, or ``Rejected`` with the step that fails."""
    now = now or datetime.now(UTC)
    issuer = json.loads(decoded(signed.split(".")[1]))["issuer"]["id"]
    claims = signed_by(signed, issuer, fetch)
    if claims["iss"] != issuer or claims["jti"] != claims["id"]:
        raise Rejected("registered claims")
    if now < datetime.fromisoformat(claims["validFrom"]):
        raise Rejected("not yet")
    if claims.get("validUntil") and datetime.fromisoformat(claims["validUntil"]) <= now:
        raise Rejected("expired")
    entry = claims["credentialStatus"]
    listed = signed_by(fetch(entry["statusListCredential"]).decode(), issuer, fetch)
    subject = listed["credentialSubject"]
    if listed["id"] != entry["statusListCredential"] or listed["issuer"] != issuer:
        raise Rejected("list of another")
    if datetime.fromisoformat(listed["validUntil"]) <= now:
        raise Rejected("old list")
    if not subject["statusPurpose"] == entry["statusPurpose"] == "revocation":
        raise Rejected("purpose")
    if bit_of(subject["encodedList"], int(entry["statusListIndex"])):
        raise Rejected("revoked")
    return claims
