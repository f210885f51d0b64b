"""Many writers at once: chains without gaps or branches, and no two wait for each other."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import LedgerLink, Person
from tests.accounts.ledger import faults, tell
from tests.factories.accounts import OrganisationFactory, PersonFactory
from tests.roles import owners_cursor

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, TRANSACTIONS = 8, 25
LOCK = "PERFORM pg_advisory_xact_lock(x'57AB'::int, noted.chain::int);"


def in_threads(work, count):
    """Run ``work(number, barrier)`` in threads with connections of their own; their answers."""
    barrier = Barrier(count)

    def run(number):
        try:
            return work(number, barrier)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@contextmanager
def linking_as(change):
    """The database's function that links, with ``change`` made to its text for a while."""
    with owners_cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('waymark_ledger_link'::regproc)")
        definition = cursor.fetchone()[0]
        cursor.execute(change(definition))
        try:
            yield
        finally:
            cursor.execute(definition)


def slowly(definition):
    """As it is, but between writing the links and the end of the transaction time passes."""
    head, end = definition.rsplit("RETURN NULL;", 1)
    return f"{head}PERFORM pg_sleep(0.2);\nRETURN NULL;{end}"


def slowly_without_lock(definition):
    assert LOCK in definition
    return slowly(definition.replace(LOCK, "NULL;"))


def test_many_writers_make_chains_without_gaps():
    organisations = [*(OrganisationFactory() for _number in range(4)), None]
    person = PersonFactory()

    def write(number, barrier):
        dice = random.Random(number)  # noqa: S311 (order of turns, nothing secret)
        barrier.wait()
        for turn in range(TRANSACTIONS):
            with transaction.atomic():
                # Some services lock the person of whom others only write an event: whoever
                # held a chain while waiting for the person would be waited for in turn.
                if (number + turn) % 2:
                    Person.objects.select_for_update().get(pk=person.pk)
                for organisation in dice.sample(organisations, 3):
                    tell(organisation, facts={"turn": turn}, subject_id=person.pk)
        return "done"

    answers = in_threads(write, WRITERS)

    assert answers == ["done"] * WRITERS
    assert LedgerLink.objects.count() == WRITERS * TRANSACTIONS * 3
    assert faults() == set()


def two_at_once(organisation):
    def write(number, barrier):
        barrier.wait()
        try:
            tell(organisation)
        except IntegrityError:
            return "refused"
        return "linked"

    return sorted(in_threads(write, 2))


def test_two_at_once_are_linked_one_after_the_other():
    here = OrganisationFactory()

    with linking_as(slowly):
        assert two_at_once(here) == ["linked", "linked"]

    assert faults() == set()


def test_without_the_lock_two_at_once_take_the_same_place():
    here = OrganisationFactory()

    with linking_as(slowly_without_lock):
        assert two_at_once(here) == ["linked", "refused"]


def test_ten_thousand_events_of_one_transaction_are_linked():
    here = OrganisationFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_event (happened_at, verb, by_job, about_type, rule, facts, "
            "organisation_id) SELECT now(), 'x', 'x', 'x', 'x', '{}', %s "
            "FROM generate_series(1, 10000)",
            [here.pk],
        )

    assert LedgerLink.objects.filter(chain=here.pk).count() == 10_000
    assert faults() == set()
