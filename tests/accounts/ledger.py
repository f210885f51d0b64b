"""Writing events in tests, and changing them as nobody should be able to."""

from contextlib import contextmanager

from accounts.actors import SystemJob
from accounts.models import Event, LedgerLink
from accounts.services.ledger import record
from accounts.services.verification import verify
from tests.factories.clock import NOW
from tests.roles import owners_cursor

TESTS = SystemJob("tests", organisation_ids=None)
TABLES = ("accounts_event", "accounts_ledgerlink", "accounts_ledgerpending", "accounts_eventtext")


def tell(organisation=None, *, now=NOW, **fields):
    """Record one event about ``organisation``, or about no organisation at all."""
    told = {"by": TESTS, "now": now, "verb": "test", "rule": "tests", "about": Event()} | fields
    return record(**told, organisation_id=organisation.pk if organisation else None)


def chain_of(organisation=None):
    """The events of a chain in its order."""
    chain = organisation.pk if organisation else 0
    return list(
        LedgerLink.objects.filter(chain=chain).order_by("sequence").values_list("event", flat=True)
    )


def faults(**asked):
    """The kinds of what a verification found, with the chain and place or event of each."""
    found = verify(now=NOW, **asked).faults
    return {(fault.kind, fault.chain, fault.sequence or fault.event_id) for fault in found}


@contextmanager
def unguarded():
    """A cursor of whoever owns the tables, with every rule of the ledger switched off."""
    with owners_cursor() as cursor:
        cursor.execute("SELECT set_config('waymark.everywhere', 'on', false)")
        _switch(cursor, "DISABLE")
        try:
            yield cursor
        finally:
            _switch(cursor, "ENABLE")


def _switch(cursor, how):
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} {how} TRIGGER USER")
