"""Writing the seeds of one-time and recovery codes again under the newest key."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.actors import SystemJob
from accounts.adapter import BOUND_TO, seeds_ring
from accounts.scope import run_as
from accounts.services.ledger import record

_SECRETS = ("secret", "seed")
_BATCH = 500
JOB = SystemJob("accounts.rewrite_seeds", organisation_ids=None)


def rewrite_seeds(*, now: datetime) -> int:
    """Write every seed that an older key wrote again; return how many there were.

    In batches, each whole: it may be stopped and begun again, and people sign in meanwhile.
    """
    ids = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
    keys = list(ids.values_list("pk", flat=True))
    return sum(
        _rewrite_batch(keys[start : start + _BATCH], now=now)
        for start in range(0, len(keys), _BATCH)
    )


@run_as(JOB)
def _rewrite_batch(keys: list[int], *, now: datetime) -> int:
    # Locked, because a code that is being spent writes the same row.
    rows = Authenticator.objects.select_for_update().filter(pk__in=keys)
    changed = [row for row in rows if _rewrite(row.data, _SECRETS)]
    if not changed:
        return 0
    Authenticator.objects.bulk_update(changed, ["data"])
    record(
        by=JOB,
        now=now,
        verb="rewrite_seeds",
        about=changed[0],
        rule="newest_key",
        facts={"seeds": len(changed)},
    )
    return len(changed)


def _rewrite(data: dict[str, Any], names: Iterable[str]) -> bool:
    ring = seeds_ring()
    stale = [name for name in names if name in data and ring.needs_rotation(data[name])]
    for name in stale:
        text = ring.decrypt(data[name], bound_to=BOUND_TO)
        data[name] = ring.encrypt(text, bound_to=BOUND_TO)
    return bool(stale)
