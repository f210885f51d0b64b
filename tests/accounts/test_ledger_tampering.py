"""The eight ways to change the ledger, each as somebody who owns its tables."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Event, LedgerCheck, LedgerLink
from accounts.services.anchors import sign_heads
from tests.accounts.ledger import chain_of, faults, tell, unguarded
from tests.factories.accounts import OrganisationFactory, PersonFactory
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

# What somebody would type who wants the hashes to be right again from a place on.
WRITE_ANEW = """
DO $$
DECLARE told record; at_hash bytea := '';
BEGIN
    FOR told IN SELECT event.*, link.sequence AS place FROM accounts_event event
                  JOIN accounts_ledgerlink link ON link.event_id = event.id
                 WHERE link.chain = {chain} ORDER BY link.sequence LOOP
        at_hash := waymark_link_hash(at_hash, {chain}, told.place, waymark_event_digest(
            (SELECT event FROM accounts_event event WHERE event.id = told.id)));
        UPDATE accounts_ledgerlink SET hash = at_hash WHERE event_id = told.id;
    END LOOP;
END $$
"""


@pytest.fixture
def here():
    """An organisation with nine events, the first eight of them signed; another with three."""
    here, there = OrganisationFactory(), OrganisationFactory(ods_code="THERE")
    for number in range(8):
        tell(here, facts={"number": number})
    for number in range(3):
        tell(there, facts={"number": number})
    sign_heads(now=NOW)
    tell(here, facts={"number": 8})
    return here


def test_nobody_has_changed_it(here):
    assert faults() == set()
    assert faults(since_anchor=True) == set()
    assert faults(organisation_id=here.pk) == set()


def test_an_event_that_was_edited_is_found(here):
    event_id = chain_of(here)[3]

    with unguarded() as cursor:
        cursor.execute("UPDATE accounts_event SET facts = '{}' WHERE id = %s", [event_id])

    assert faults() == {("CHANGED", here.pk, 4)}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("happened_at", "happened_at + interval '1 microsecond'"),
        ("verb", "'refuse'"),
        ("by_job", "'somebody'"),
        ("subject_id", "(SELECT max(id) FROM accounts_person)"),
        ("about_type", "'x.y'"),
        ("about_id", "7"),
        ("rule", "'other'"),
    ],
)
def test_no_column_of_an_event_can_be_changed(here, column, value):
    PersonFactory()

    with unguarded() as cursor:
        cursor.execute(
            f"UPDATE accounts_event SET {column} = {value} WHERE id = %s",  # noqa: S608 (ours)
            [chain_of(here)[0]],
        )

    assert faults() == {("CHANGED", here.pk, 1)}


def test_an_event_moved_to_another_organisation_is_found(here):
    there = Event.objects.exclude(organisation=here).first().organisation
    event_id = chain_of(here)[3]

    with unguarded() as cursor:
        cursor.execute(
            "UPDATE accounts_event SET organisation_id = %s WHERE id = %s", [there.pk, event_id]
        )

    assert faults() == {("MOVED", here.pk, 4)}


def test_an_event_that_was_deleted_from_the_middle_is_found(here):
    event_id = chain_of(here)[3]

    with unguarded() as cursor:
        cursor.execute("DELETE FROM accounts_ledgerlink WHERE event_id = %s", [event_id])
        cursor.execute("DELETE FROM accounts_event WHERE id = %s", [event_id])

    assert faults() == {("MISSING", here.pk, 5)}


def test_closing_the_gap_of_a_deleted_event_is_found_too(here):
    event_id = chain_of(here)[3]

    with unguarded() as cursor:
        cursor.execute("DELETE FROM accounts_ledgerlink WHERE event_id = %s", [event_id])
        cursor.execute("DELETE FROM accounts_event WHERE id = %s", [event_id])
        cursor.execute(
            "UPDATE accounts_ledgerlink SET sequence = -sequence + 100 WHERE chain = %s "
            "AND sequence > 4",
            [here.pk],
        )
        cursor.execute(
            "UPDATE accounts_ledgerlink SET sequence = 99 - sequence WHERE chain = %s "
            "AND sequence > 90",
            [here.pk],
        )

    assert ("CHANGED", here.pk, 4) in faults()


def test_a_tail_that_was_cut_is_found_by_the_signed_head(here):
    cut = chain_of(here)[6:]

    with unguarded() as cursor:
        cursor.execute("DELETE FROM accounts_ledgerlink WHERE event_id = ANY(%s)", [cut])
        cursor.execute("DELETE FROM accounts_event WHERE id = ANY(%s)", [cut])

    assert faults() == {("LOST", here.pk, 8)}


def test_an_event_that_was_slipped_in_is_found(here):
    with unguarded() as cursor:
        cursor.execute(
            "INSERT INTO accounts_event (happened_at, verb, by_job, about_type, rule, facts, "
            "organisation_id) VALUES (now(), 'x', 'x', 'x', 'x', '{}', %s) RETURNING id",
            [here.pk],
        )
        event_id = cursor.fetchone()[0]

    assert faults() == {("UNLINKED", here.pk, event_id)}


def test_events_whose_order_was_changed_are_found(here):
    with unguarded() as cursor:
        for number, place in ((3, 100), (4, 3), (100, 4)):
            cursor.execute(
                "UPDATE accounts_ledgerlink SET sequence = %s WHERE chain = %s AND sequence = %s",
                [place, here.pk, number],
            )

    found = faults()
    assert {("CHANGED", here.pk, 3), ("CHANGED", here.pk, 4), ("CHANGED", here.pk, 5)} == found


def test_a_ledger_that_was_emptied_is_found(here):
    there = LedgerLink.objects.exclude(chain=here.pk).first().chain

    with unguarded() as cursor:
        cursor.execute("TRUNCATE accounts_event, accounts_ledgerlink, accounts_eventtext")

    assert faults() == {("LOST", here.pk, 8), ("LOST", there, 3)}


@pytest.mark.parametrize("written_afterwards", [0, 6])
def test_an_old_copy_that_was_restored_is_found(here, written_afterwards):
    with unguarded() as cursor:
        cursor.execute("CREATE TABLE old_events AS SELECT * FROM accounts_event")
        cursor.execute("CREATE TABLE old_links AS SELECT * FROM accounts_ledgerlink")
    tell(here, facts={"number": "after the copy"})
    sign_heads(now=NOW + timedelta(minutes=5))

    with unguarded() as cursor:
        cursor.execute("TRUNCATE accounts_event, accounts_ledgerlink, accounts_eventtext")
        cursor.execute("INSERT INTO accounts_event SELECT * FROM old_events")
        cursor.execute("INSERT INTO accounts_ledgerlink SELECT * FROM old_links")
        cursor.execute("DROP TABLE old_events, old_links")
    for number in range(written_afterwards):
        tell(here, facts={"number": number})

    assert faults() == {("LOST", here.pk, 10)}


def test_a_chain_written_anew_with_right_hashes_is_found_by_the_signed_head(here):
    with unguarded() as cursor:
        cursor.execute("UPDATE accounts_event SET verb = 'x' WHERE id = %s", [chain_of(here)[3]])
        cursor.execute(WRITE_ANEW.format(chain=here.pk))

    assert faults() == {("LOST", here.pk, 8)}


def test_without_the_signed_heads_a_chain_written_anew_would_pass(here, settings, tmp_path):
    settings.LEDGER_ANCHORS_DIR = tmp_path / "elsewhere"

    with unguarded() as cursor:
        cursor.execute("UPDATE accounts_event SET verb = 'x' WHERE id = %s", [chain_of(here)[3]])
        cursor.execute(WRITE_ANEW.format(chain=here.pk))

    assert faults() == set()


def test_a_text_that_was_changed_or_taken_away_is_found(here):
    changed = tell(here, private={"reason": "Away in May"})
    gone = tell(here, private={"reason": "Away in June"})

    with unguarded() as cursor:
        cursor.execute(
            "UPDATE accounts_eventtext SET text = 'Never' WHERE event_id = %s", [changed.pk]
        )
        cursor.execute("DELETE FROM accounts_eventtext WHERE event_id = %s", [gone.pk])

    assert faults() == {("TEXT_CHANGED", here.pk, changed.pk), ("TEXT_GONE", here.pk, gone.pk)}


def test_a_rule_that_is_switched_off_is_found(here):
    with unguarded():
        found = faults()

    assert {kind for kind, _chain, _place in found} == {"RULE"}


def test_the_command_says_where_and_fails(here, capsys):
    event_id = chain_of(here)[3]
    with unguarded() as cursor:
        cursor.execute("UPDATE accounts_event SET facts = '{}' WHERE id = %s", [event_id])

    with pytest.raises(CommandError, match="broken places found: 1"):
        call_command("verify_ledger")

    told = capsys.readouterr().err
    assert f"Chain {here.pk}, place 4: event {event_id}" in told
    assert LedgerCheck.objects.get(kind="VERIFIED").faults == 1


def test_the_command_can_look_at_one_organisation_alone(here, capsys):
    with unguarded() as cursor:
        cursor.execute("UPDATE accounts_event SET facts = '{}' WHERE id = %s", [chain_of(here)[3]])

    call_command("verify_ledger", organisation="THERE")

    assert "Nobody has changed the ledger." in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("verify_ledger", organisation=here.ods_code)
    with pytest.raises(CommandError, match="No organisation has the ODS code"):
        call_command("verify_ledger", organisation="NOBODY")
