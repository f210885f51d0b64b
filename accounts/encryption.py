"""Values that only this system may read: a ring of keys, newest first, each value bound to its row.

For whatever has to be kept in the database and never in the clear: answers for equality
monitoring, seeds of second factors, secrets of single sign-on. A caller makes a ring of its own
from the keys of a setting, under a purpose, so that one use cannot read the values of another:

    ring = KeyRing(settings.EQUALITY_KEYS, purpose="equality")
    token = ring.encrypt("A", bound_to="17:ethnic_category")
    ring.decrypt(token, bound_to="17:ethnic_category")

The newest key writes, every key of the ring reads, and a token names its key: ``needs_rotation``
says which values wait to be written again before an old key may be taken out of the setting.
"""

import base64
import binascii
import os
from collections.abc import Mapping, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_KEY: Final = 32
_FORMAT: Final = "w1"
_NONCE: Final = 12  # what NIST SP 800-38D recommends for GCM
_BLOCK: Final = 64
_END: Final = b"\x80"


class Unreadable(Exception):
    """A value cannot be read. It says why, and never what was in it."""


class KeyMissing(Unreadable):
    """The key that wrote the value is not in the ring."""


class Tampered(Unreadable):
    """The value was changed, cut short, or belongs to another row."""


class KeyRing:
    """AES-256-GCM under the keys of one setting. ``bound_to`` is authenticated, not kept."""

    def __init__(self, keys: Sequence[str], *, purpose: str) -> None:
        if not keys:
            raise ValueError(f"The ring of keys for {purpose} is empty.")
        if any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"A key for {purpose} is shorter than {SHORTEST_KEY} characters.")
        self._ciphers: Mapping[str, AESGCM] = {
            _derive(key, f"{purpose}:name", 6).hex(): AESGCM(_derive(key, f"{purpose}:key", 32))
            for key in keys
        }
        self.key_id = next(iter(self._ciphers))

    def encrypt(self, text: str, *, bound_to: str) -> str:
        """Return a token of printable characters. Short values all come out equally long."""
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self.key_id].encrypt(
            nonce, _padded(text.encode()), self._bound(self.key_id, bound_to)
        )
        return f"{_FORMAT}.{self.key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def decrypt(self, token: str, *, bound_to: str) -> str:
        """Return the text, or raise ``KeyMissing`` or ``Tampered``."""
        key_id, sealed = _parts(token)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise KeyMissing("The key that wrote this value is not among the keys of this system.")
        try:
            padded = cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound(key_id, bound_to))
        except (InvalidTag, ValueError):
            raise Tampered("This value was changed, or belongs to another row.") from None
        return padded[: padded.rindex(_END)].decode()

    def needs_rotation(self, token: str) -> bool:
        """Whether another key than the newest wrote the token."""
        return _parts(token)[0] != self.key_id

    @staticmethod
    def _bound(key_id: str, bound_to: str) -> bytes:
        return f"{_FORMAT}.{key_id}.{bound_to}".encode()


def _derive(key: str, info: str, length: int) -> bytes:
    """A key for one purpose (RFC 5869): whoever learns it learns nothing of the others."""
    return HKDF(SHA256(), length, salt=None, info=f"waymark:{info}".encode()).derive(key.encode())


def _padded(text: bytes) -> bytes:
    """GCM keeps the length, and the length of a code can tell the code (ISO/IEC 7816-4)."""
    marked = text + _END
    return marked + b"\x00" * (-len(marked) % _BLOCK)


def _parts(token: str) -> tuple[str, bytes]:
    try:
        form, key_id, encoded = token.split(".")
        sealed = base64.b64decode(encoded.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise Tampered("This value is not one that this system wrote.") from None
    if form != _FORMAT:
        raise Tampered("This value is not one that this system wrote.")
    return key_id, sealed
