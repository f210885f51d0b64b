"""Writing equality data again under the newest key, while people go on reading and answering."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor, SystemJob
from accounts.encryption import Unreadable
from accounts.equality import apart
from accounts.equality.cipher import Answers, opened
from accounts.models import MonitoringCode
from accounts.scope import run_as
from accounts.services.ledger import record

BATCH = 500
ROTATER = SystemJob("accounts.rotate_equality_keys", organisation_ids=None)


@dataclass(slots=True)
class Rotated:
    """How many rows were written again, and how many no key of this system opens."""

    written: int = 0
    unreadable: int = 0


def rotate_keys(
    *, by: Actor, now: datetime, batch: int = BATCH, told: Callable[[Rotated], object] = id
) -> Rotated:
    """Write every row that an older key wrote again, batch by batch.

    Each batch is committed, so whoever is stopped in the middle goes on where they were. Rows of a
    batch are locked while it is written: reading goes on, and an answer given meanwhile waits for
    a moment and then counts. A row that cannot be read is left as it is.
    """
    done, last = Rotated(), 0
    with apart.connected() as link:
        while rows := apart.rows_of_old_keys(link, after=last, size=batch):
            readable = _readable(rows)
            if readable:
                apart.write_again(link, readable)
            link.commit()
            done.written += len(readable)
            done.unreadable += len(rows) - len(readable)
            last = rows[-1][0]
            told(done)
    with run_as(ROTATER):
        record(
            by=by,
            now=now,
            verb="rotate_equality_keys",
            about=MonitoringCode(),
            rule="command",
            facts={"written": done.written, "unreadable": done.unreadable},
        )
    return done


def _readable(rows: Sequence[apart.Row]) -> list[tuple[int, Answers]]:
    found: list[tuple[int, Answers]] = []
    for person_id, tokens in rows:
        try:
            found.append((person_id, opened(tokens, person_id=person_id)))
        except (Unreadable, ValueError):
            continue
    return found
