"""The heads of the ledger's chains, signed and kept outside the database.

Whoever rules the database can rewrite a chain and every hash of it; not what was signed before and
lies elsewhere. ``LEDGER_ANCHORS_DIR`` holds one file for each month and database, a line of JSON
for each signing: its number, when, the hash of the line before, the heads that moved since (all of
them in the first line of a file), and an Ed25519 signature over these.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from accounts.models import CheckKind, LedgerCheck

Heads = dict[int, tuple[int, str]]

_HEADS = """
SELECT chains.id, head.sequence, encode(head.hash, 'hex')
  FROM (SELECT 0 AS id UNION ALL SELECT id FROM accounts_organisation) chains
 CROSS JOIN LATERAL (
       SELECT sequence, hash FROM accounts_ledgerlink
        WHERE chain = chains.id ORDER BY sequence DESC LIMIT 1) head
"""
_LOST = """
SELECT anchored.chain, anchored.sequence
  FROM unnest(%(chains)s::bigint[], %(sequences)s::bigint[], %(hashes)s::text[])
       AS anchored(chain, sequence, hash)
  LEFT JOIN accounts_ledgerlink link
         ON link.chain = anchored.chain AND link.sequence = anchored.sequence
 WHERE link.hash IS DISTINCT FROM decode(anchored.hash, 'hex')
 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One signing as its line tells it. ``fault`` says what is wrong with the line, if anything."""

    number: int
    signed_at: str
    heads: Heads
    digest: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """``heads`` as they were signed; ``lost`` are places signed before that are not there now."""

    heads: Heads
    lost: list[tuple[int, int]]

    @property
    def events(self) -> int:
        return sum(sequence for sequence, _hash in self.heads.values())


def sign_heads(*, now: datetime) -> Signing:
    """Append a signed line with the heads that moved since the last one.

    A chain that has lost what was signed before is not signed again: its line would cover up.
    """
    with _held_alone() as folder:
        before = list(_read(folder, newest_file_only=True))
        known: Heads = {}
        for anchor in before:
            known |= anchor.heads
        lost = lost_places(known)
        heads = current_heads()
        broken = {chain for chain, _sequence in lost}
        path = _file_of(folder, now)
        moved = {
            chain: head
            for chain, head in heads.items()
            if chain not in broken and (not path.exists() or known.get(chain) != head)
        }
        _append(path, moved, after=before[-1] if before else None, now=now)
    signing = Signing(heads=heads, lost=lost)
    keep_check(CheckKind.SIGNED, events=signing.events, faults=len(lost), now=now)
    return signing


def keep_check(kind: CheckKind, *, events: int, faults: int, now: datetime) -> None:
    """Remember what the last signing or verification found."""
    found = {"made_at": now, "events": events, "faults": faults}
    LedgerCheck.objects.update_or_create(kind=kind, defaults=found)


def current_heads() -> Heads:
    """The last place and hash of every chain that has one."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS)
        return {chain: (sequence, head) for chain, sequence, head in cursor.fetchall()}


def lost_places(heads: Heads) -> list[tuple[int, int]]:
    """Those of ``heads`` (chain -> sequence and hash) that the ledger no longer has."""
    return lost_among([(chain, *head) for chain, head in heads.items()])


def lost_among(places: Sequence[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """Chain and sequence of those of ``places`` whose link is gone or has another hash."""
    columns = list(zip(*places, strict=True)) or [(), (), ()]
    names = ("chains", "sequences", "hashes")
    with connection.cursor() as cursor:
        cursor.execute(_LOST, {n: list(c) for n, c in zip(names, columns, strict=True)})
        return list(cursor.fetchall())


def anchors() -> Iterator[Anchor]:
    """Every signing there is, oldest first; a line that was changed says so in ``fault``."""
    folder = _folder()
    if folder.exists():
        yield from _read(folder)


def set_aside(*, now: datetime) -> None:
    """Put the files away when the ledger they are of is emptied, as only a demonstration's is."""
    folder = _folder()
    for path in _files(folder) if folder.exists() else ():
        path.rename(path.with_suffix(f".before-{now:%Y%m%d%H%M%S}"))


def _read(folder: Path, *, newest_file_only: bool = False) -> Iterator[Anchor]:
    files = _files(folder)
    previous: Anchor | None = None
    for path in files[-1:] if newest_file_only else files:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                is_first = previous is None and newest_file_only
                anchor = _parse(line.rstrip("\n"), after=previous, is_first=is_first)
                yield anchor
                previous = anchor


def _parse(line: str, *, after: Anchor | None, is_first: bool) -> Anchor:
    digest = sha256(line.encode()).hexdigest()
    expected = after.number + 1 if after else 1
    try:
        told = json.loads(line)
        body = {name: told[name] for name in ("number", "signed_at", "previous", "heads")}
        heads = {int(chain): (int(head[0]), str(head[1])) for chain, head in told["heads"].items()}
        signature = bytes.fromhex(told["signature"])
        number = int(told["number"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return Anchor(expected, "", {}, digest, fault="unreadable")
    fault = ""
    if not _is_signed(body, signature):
        fault, heads = "signature", {}
    elif not is_first and (number, told["previous"]) != (expected, after.digest if after else ""):
        fault = "order"
    return Anchor(number, str(told["signed_at"]), heads, digest, fault=fault)


def _append(path: Path, heads: Heads, *, after: Anchor | None, now: datetime) -> None:
    body = {
        "number": after.number + 1 if after else 1,
        "signed_at": now.astimezone(UTC).isoformat(),
        "previous": after.digest if after else "",
        "heads": {str(chain): list(head) for chain, head in sorted(heads.items())},
    }
    signed = body | {"signature": _keys()[0].sign(_canonical(body)).hex()}
    with path.open("a", encoding="utf-8") as lines:
        lines.write(_canonical(signed).decode() + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def _is_signed(body: dict[str, Any], signature: bytes) -> bool:
    for key in _keys():
        with suppress(InvalidSignature):
            key.public_key().verify(signature, _canonical(body))
            return True
    return False


def _keys() -> list[Ed25519PrivateKey]:
    """The keys of the setting, the one that signs first; without any, one made once and kept."""
    return [_key(t) for t in settings.LEDGER_SIGNING_KEYS or [_kept_key(Path(settings.DATA_DIR))]]


@lru_cache(maxsize=8)
def _key(text: str) -> Ed25519PrivateKey:
    seed = sha256(b"waymark ledger heads " + text.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _kept_key(folder: Path) -> str:
    path = folder / "ledger_signing_key"
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def _folder() -> Path:
    return Path(settings.LEDGER_ANCHORS_DIR)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{_database()}-*.jsonl"))


def _file_of(folder: Path, now: datetime) -> Path:
    return folder / f"{_database()}-{now.astimezone(UTC):%Y-%m}.jsonl"


def _database() -> str:
    return str(connection.settings_dict["NAME"])


@contextmanager
def _held_alone() -> Iterator[Path]:
    """The folder, and nobody else signing into it meanwhile."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
