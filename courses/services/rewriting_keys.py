"""Encrypting the private keys of issuers again under the newest key of the system."""

from datetime import datetime

from accounts.actors import SystemJob
from accounts.scope import run_as
from accounts.services.ledger import record
from courses.models import SigningSecret
from courses.services.signing_keys import ring

JOB = SystemJob("courses.rewrite_signing_keys", organisation_ids=None)


@run_as(JOB)
def rewrite_signing_keys(*, now: datetime) -> int:
    """Write every private key again that a former key encrypted; return how many there were."""
    keys = ring()
    rows = SigningSecret.objects.select_for_update(of=("self",)).select_related("key")
    stale = [row for row in rows.order_by("pk") if keys.needs_rotation(row.sealed)]
    for row in stale:
        text = keys.decrypt(row.sealed, bound_to=row.key.key_id)
        row.sealed = keys.encrypt(text, bound_to=row.key.key_id)
    SigningSecret.objects.bulk_update(stale, ["sealed"])
    if stale:
        record(
            by=JOB,
            now=now,
            verb="rewrite_signing_keys",
            about=stale[0].key,
            rule="newest_key",
            facts={"keys": len(stale)},
        )
    return len(stale)
