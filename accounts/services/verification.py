"""Proving that nobody changed the ledger: every link, every event, every text, every signed head.

A link's hash is SHA-256 over the hash before it (nothing, for the first), the chain's number, the
place in the chain, and the SHA-256 of the event: all of its columns in one JSON array as
PostgreSQL's jsonb writes it. So a change to anything is seen at its own place. What the hashes
alone cannot tell (a tail that was cut, a chain written anew, an old copy) is seen against the heads
that were signed and kept outside.

Memory is bounded: chains and events are read in blocks, in order of place and number.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import CheckKind
from accounts.scope import run_as
from accounts.services.anchors import anchors, keep_check, lost_among
from accounts.services.verification_sql import (
    BLOCK,
    CHAINS,
    EVENTS,
    HASH_AT,
    RULES,
    RULES_IN_FORCE,
    STRAYS,
)

AT_ONCE = 20_000
VERIFIER = SystemJob("accounts.verify_ledger", organisation_ids=None)
ANCHORS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken place. ``chain`` is an organisation's number, or 0."""

    kind: str
    chain: int | None = None
    sequence: int | None = None
    event_id: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        words = {
            "MISSING": _("Chain %(chain)s: nothing is in place %(detail)s."),
            "EVENT_GONE": _("Chain %(chain)s, place %(sequence)s: event %(event)s is gone."),
            "MOVED": _(
                "Chain %(chain)s, place %(sequence)s: event %(event)s belongs to another chain."
            ),
            "CHANGED": _(
                "Chain %(chain)s, place %(sequence)s: event %(event)s, or the link before it, was "
                "changed."
            ),
            "STRAY": _("Chain %(chain)s belongs to no organisation."),
            "UNLINKED": _("Chain %(chain)s: event %(event)s has no place in it."),
            "TEXT_GONE": _("Event %(event)s (chain %(chain)s): the text “%(detail)s” is gone."),
            "TEXT_CHANGED": _(
                "Event %(event)s (chain %(chain)s): the text “%(detail)s” is not what was said."
            ),
            "LOST": _(
                "Chain %(chain)s, place %(sequence)s: a head that was signed is not there now. The "
                "end was cut off, the chain was written anew, or an old copy was restored."
            ),
            "ANCHOR": _("Signed line %(detail)s was changed, moved or not signed by us."),
            "RULE": _("The database's rule %(detail)s is missing or switched off."),
        }
        return words[self.kind] % {
            "chain": self.chain,
            "sequence": self.sequence,
            "event": self.event_id,
            "detail": self.detail,
        }


@dataclass(slots=True)
class Verification:
    """What one verification covered and found; the first hundred faults of every block."""

    links: int = 0
    events: int = 0
    signings: int = 0
    faults: list[Fault] = field(default_factory=list)


@run_as(VERIFIER)
def verify(
    *, now: datetime, organisation_id: int | None = None, since_anchor: bool = False
) -> Verification:
    """Verify the whole ledger, or the chain of one organisation.

    With ``since_anchor`` the links up to the last signed head are taken as verified before, when
    that head is still there. A verification of everything is kept for the auditors' page.
    """
    found = Verification()
    found.faults += _rules_not_in_force()
    signed = _check_anchors(found, chain=organisation_id)
    for chain in _chains(organisation_id):
        after = signed.get(chain, 0) if since_anchor else 0
        _check_chain(found, chain, after=after)
    if organisation_id is None:
        found.faults += [Fault("STRAY", chain=chain) for (chain,) in _rows(STRAYS)]
    _check_events(found, chain=organisation_id)
    if organisation_id is None and not since_anchor:
        keep_check(CheckKind.VERIFIED, events=found.events, faults=len(found.faults), now=now)
    return found


def _rules_not_in_force() -> Iterator[Fault]:
    in_force = set(_rows(RULES_IN_FORCE))
    for table, name in RULES:
        if (table, name) not in in_force:
            yield Fault("RULE", detail=f"{name} ({table})")


def _chains(organisation_id: int | None) -> list[int]:
    return [chain for (chain,) in _rows(CHAINS) if organisation_id in {None, chain}]


def _check_anchors(found: Verification, *, chain: int | None) -> dict[int, int]:
    """Look for every head that was ever signed; return the last place of each intact chain."""
    signed: dict[int, int] = {}
    broken: set[int] = set()
    signings = anchors()
    while block := list(islice(signings, ANCHORS_AT_ONCE)):
        found.signings += len(block)
        found.faults += [Fault("ANCHOR", detail=str(a.number)) for a in block if a.fault]
        heads = sorted({(key, *head) for a in block for key, head in a.heads.items()})
        heads = [head for head in heads if chain in {None, head[0]}]
        lost = lost_among(heads)
        found.faults += [Fault("LOST", chain=key, sequence=sequence) for key, sequence in lost]
        broken |= {key for key, _sequence in lost}
        signed |= {key: max(sequence, signed.get(key, 0)) for key, sequence, _hash in heads}
    return {key: sequence for key, sequence in signed.items() if key not in broken}


def _check_chain(found: Verification, chain: int, *, after: int) -> None:
    start = _rows(HASH_AT, {"chain": chain, "after": after})
    head = bytes(start[0][0]) if start else b""
    while True:
        params = {"chain": chain, "after": after, "hash": head, "limit": AT_ONCE}
        [(links, last, last_hash, faults)] = _rows(BLOCK, params)
        found.links += links
        found.faults += [_link_fault(chain, *told) for told in _told(faults)]
        if links < AT_ONCE:
            return
        after, head = last, bytes(last_hash)


def _link_fault(chain: int, kind: str, sequence: int, event_id: int, before: int) -> Fault:
    detail = _span(before + 1, sequence - 1) if kind == "MISSING" else ""
    return Fault(kind, chain=chain, sequence=sequence, event_id=event_id, detail=detail)


def _span(first: int, last: int) -> str:
    return (
        str(first)
        if first == last
        else _("%(first)s to %(last)s")
        % {
            "first": first,
            "last": last,
        }
    )


def _check_events(found: Verification, *, chain: int | None) -> None:
    after = 0
    while True:
        [(events, last, unlinked, texts)] = _rows(
            EVENTS, {"after": after, "limit": AT_ONCE, "chain": chain}
        )
        found.events += events
        for kind, key, event_id, name in [*_told(unlinked), *_told(texts)]:
            found.faults.append(Fault(kind, chain=key, event_id=event_id, detail=name))
        if events < AT_ONCE:
            return
        after = last


def _told(faults: str | None) -> list[Any]:
    return json.loads(faults) if faults else []


def _rows(statement: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or {})
        return list(cursor.fetchall())
