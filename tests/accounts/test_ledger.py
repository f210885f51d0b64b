import hashlib

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Event, EventText, LedgerLink
from accounts.services.ledger import commitment, event_row
from accounts.services.verification_sql import DIGEST
from tests.accounts.ledger import TESTS, chain_of, faults, tell
from tests.factories.accounts import OrganisationFactory, PersonFactory
from tests.factories.clock import NOW, TODAY

DIGEST_OF_ALL = f"SELECT event.id, {DIGEST} FROM accounts_event event"  # noqa: S608 (constants)


@transaction.atomic
def _tell_and_fail(organisation):
    tell(organisation)
    Event.objects.create(happened_at=NOW, verb="x", about_type="x", rule="x")


@transaction.atomic
def _try(statement):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waymark.emptying', '', true)")
        # The library that makes other triggers can be told to look away; the ledger cannot.
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{ledger_is_append_only}', true)")
        cursor.execute(statement)


def at_commit():
    """What a commit does, within the transaction of a test."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


pytestmark = pytest.mark.django_db


def test_each_event_is_linked_in_the_chain_of_its_organisation():
    here, there = OrganisationFactory(), OrganisationFactory()

    told = [tell(here), tell(there), tell(None), tell(here)]
    at_commit()

    assert chain_of(here) == [told[0].pk, told[3].pk]
    assert chain_of(there) == [told[1].pk]
    assert chain_of(None) == [told[2].pk]
    assert faults() == set()


def test_a_hash_is_made_of_the_one_before_the_place_and_the_event():
    here = OrganisationFactory()
    tell(here)
    second = tell(here, facts={"to": "x", "a": 1.50})
    at_commit()

    first_link, link = LedgerLink.objects.order_by("sequence")

    with connection.cursor() as cursor:
        cursor.execute(DIGEST_OF_ALL)
        digest = dict(cursor.fetchall())[second.pk]
    place = here.pk.to_bytes(8, "big") + (2).to_bytes(8, "big")
    expected = hashlib.sha256(bytes(first_link.hash) + place + bytes(digest)).digest()
    assert bytes(link.hash) == expected


def test_the_hash_covers_every_column_of_an_event():
    columns = {field.column for field in Event._meta.concrete_fields}

    assert {name for name in columns if f"event.{name}" in DIGEST} == columns


def test_the_database_and_the_verification_read_an_event_alike():
    tell(OrganisationFactory(), facts={"b": [1, {"c": None}], "a": "é “x”", "n": 1.10})

    with connection.cursor() as cursor:
        cursor.execute("SELECT event.id, waymark_event_digest(event) FROM accounts_event event")
        in_the_database = cursor.fetchall()
        cursor.execute(DIGEST_OF_ALL)
        assert cursor.fetchall() == in_the_database


def test_many_at_once_and_typed_sql_are_linked_too():
    here = OrganisationFactory()
    fields = {"by": TESTS, "now": NOW, "verb": "test", "about": here, "rule": "tests"}

    rows = [event_row(**fields, organisation_id=here.pk) for _number in range(300)]
    Event.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_event (happened_at, verb, by_job, about_type, rule, facts, "
            "organisation_id) VALUES (now(), 'typed', 'psql', 'x', 'x', '{}', %s)",
            [here.pk],
        )
    at_commit()

    assert len(chain_of(here)) == 301
    assert chain_of(here) == sorted(chain_of(here))
    assert faults() == set()


def test_what_is_rolled_back_leaves_no_gap():
    here = OrganisationFactory()
    tell(here)
    with pytest.raises(IntegrityError):
        _tell_and_fail(here)
    tell(here)
    at_commit()

    assert list(LedgerLink.objects.order_by("pk").values_list("sequence", flat=True)) == [1, 2]
    assert faults() == set()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_event SET verb = 'other'",
        "UPDATE accounts_event SET verb = 'other' WHERE false",
        "DELETE FROM accounts_event",
        "TRUNCATE accounts_event CASCADE",
        "UPDATE accounts_ledgerlink SET sequence = sequence + 1",
        "DELETE FROM accounts_ledgerlink",
        "TRUNCATE accounts_ledgerlink",
        "INSERT INTO accounts_ledgerlink SELECT event_id, 7, 7, hash FROM accounts_ledgerlink",
        "INSERT INTO accounts_ledgerpending VALUES (1, 1, 1, '')",
        "DELETE FROM accounts_ledgerpending",
        "DELETE FROM accounts_eventtext",
        "TRUNCATE accounts_eventtext",
        "UPDATE accounts_eventtext SET text = 'other'",
        "UPDATE accounts_eventtext SET name = 'other', text = NULL, salt = NULL",
    ],
)
def test_the_database_refuses_to_change_the_ledger(statement):
    event = tell(OrganisationFactory(), private={"reason": "as it was"})
    at_commit()

    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        _try(statement)

    assert Event.objects.get() == event
    assert faults() == set()


def test_what_somebody_wrote_is_kept_apart_with_a_salt():
    event = tell(OrganisationFactory(), facts={"to": "x"}, private={"reason": "Away in May"})
    at_commit()

    text = EventText.objects.get()
    expected = hashlib.sha256(bytes(text.salt) + b"Away in May").hexdigest()
    assert event.facts == {"to": "x", "reason": {"commitment": expected}}
    assert (text.event, text.name, text.text) == (event, "reason", "Away in May")
    assert len(bytes(text.salt)) == 16
    assert faults() == set()


def test_the_same_words_have_another_commitment_each_time():
    first, second = (tell(None, private={"reason": "No"}) for _time in range(2))

    assert first.facts["reason"] != second.facts["reason"]
    assert commitment(salt=b"a", text="No") != commitment(salt=b"b", text="No")


def test_an_erased_text_leaves_the_chain_as_it_was():
    event = tell(OrganisationFactory(), private={"reason": "Away in May"})
    at_commit()

    EventText.objects.filter(event=event).update(text=None, salt=None)

    assert faults() == set()


def test_a_text_is_seen_by_whoever_sees_the_event():
    person = PersonFactory()
    tell(OrganisationFactory(), subject_id=person.pk, private={"reason": "Away in May"})

    assert EventText.objects.visible_to(person, on=TODAY).get().text == "Away in May"
    assert not EventText.objects.visible_to(PersonFactory(), on=TODAY).exists()
