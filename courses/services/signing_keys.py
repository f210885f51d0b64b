"""The keys that certificates are signed with: made, kept encrypted, and used for one signature."""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from jwt.algorithms import OKPAlgorithm

from accounts.actors import SystemJob
from accounts.encryption import KeyRing
from accounts.scope import lifted
from courses.models import Issuer, SigningKey, SigningSecret

# No request may see a private key, whoever makes it; what is to be signed was judged before.
SIGNER = SystemJob("courses.sign", organisation_ids=None)
ALGORITHM = "EdDSA"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A pair of keys that no row holds yet. The private half never leaves this module open."""

    key_id: str
    public_jwk: dict[str, str]
    sealed: str


@dataclass(frozen=True, slots=True)
class Signer:
    """The key of an issuer that is in use, opened once for many signatures."""

    key: SigningKey
    private: Ed25519PrivateKey

    def sign(self, payload: dict[str, Any]) -> str:
        """``payload`` as a compact JWS that names its key. The same payload, the same bytes."""
        return jwt.encode(
            payload, self.private, algorithm=ALGORITHM, headers={"kid": self.key.address}
        )


def ring() -> KeyRing:
    """The keys under which private keys are kept."""
    return KeyRing(
        [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], purpose="signing certificates"
    )


def new_key() -> NewKey:
    private = Ed25519PrivateKey.generate()
    public = _public_jwk(private)
    key_id = _thumbprint(public)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return NewKey(key_id, public, ring().encrypt(pem, bound_to=key_id))


def hold_signer(issuer: Issuer) -> Signer:
    """The key of ``issuer`` that is in use, and stays so until the transaction ends.

    Whoever signs and whoever changes the key queue at the issuer, so that nothing is signed with
    a key that has just been given up.
    """
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    key = SigningKey.objects.select_related("issuer").get(issuer=issuer, ends_at__isnull=True)
    with lifted(SIGNER):
        sealed = SigningSecret.objects.get(key=key).sealed
    pem = ring().decrypt(sealed, bound_to=key.key_id)
    private = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(f"Key {key.key_id} is not an Ed25519 key.")
    return Signer(key, private)


def _public_jwk(private: Ed25519PrivateKey) -> dict[str, str]:
    written = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return {name: str(written[name]) for name in ("kty", "crv", "x")}


def _thumbprint(public_jwk: dict[str, str]) -> str:
    """RFC 7638: the same key has the same name wherever it is looked at."""
    needed = {name: public_jwk[name] for name in ("crv", "kty", "x")}
    canonical = json.dumps(needed, sort_keys=True, separators=(",", ":")).encode()
    return urlsafe_b64encode(sha256(canonical).digest()).rstrip(b"=").decode()
