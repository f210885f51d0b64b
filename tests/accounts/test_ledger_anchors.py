import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import LedgerCheck
from accounts.services.anchors import anchors, set_aside, sign_heads
from accounts.tasks import sign_ledger_heads
from tests.accounts.ledger import chain_of, faults, tell, unguarded
from tests.factories.accounts import OrganisationFactory
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    here = OrganisationFactory()
    tell(here)
    return here


def the_file(settings):
    return next(settings.LEDGER_ANCHORS_DIR.glob("*.jsonl"))


def test_a_signing_holds_the_heads_that_moved(here, settings):
    tell(None)
    sign_heads(now=NOW)
    tell(here)
    sign_heads(now=NOW + timedelta(minutes=5))
    sign_heads(now=NOW + timedelta(minutes=10))

    heads = [{chain: head[0] for chain, head in anchor.heads.items()} for anchor in anchors()]

    assert heads == [{0: 1, here.pk: 1}, {here.pk: 2}, {}]
    assert [anchor.number for anchor in anchors()] == [1, 2, 3]
    assert [anchor.fault for anchor in anchors()] == ["", "", ""]
    check = LedgerCheck.objects.get(kind="SIGNED")
    assert (check.events, check.faults) == (3, 0)


def test_a_new_month_begins_a_file_with_every_head(here, settings):
    tell(None)
    sign_heads(now=NOW)
    tell(here)
    sign_heads(now=NOW + timedelta(days=20))

    last = list(anchors())[-1]

    assert len(list(settings.LEDGER_ANCHORS_DIR.glob("*.jsonl"))) == 2
    assert {chain: head[0] for chain, head in last.heads.items()} == {0: 1, here.pk: 2}
    assert faults() == set()


def test_a_chain_that_lost_what_was_signed_is_not_signed_again(here, capsys):
    tell(here)
    other = OrganisationFactory()
    sign_heads(now=NOW)
    tell(other)
    with unguarded() as cursor:
        cursor.execute("DELETE FROM accounts_ledgerlink WHERE event_id = %s", [chain_of(here)[1]])

    assert sign_ledger_heads() == 1

    assert set(list(anchors())[-1].heads) == {other.pk}
    with pytest.raises(CommandError, match="The ledger was changed"):
        call_command("sign_ledger_heads")
    assert f"Chain {here.pk}, place 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        lambda line: "{",
        lambda line: "[]",
        lambda line: "{}",
        lambda line: json.dumps(json.loads(line) | {"heads": {}}),
        lambda line: json.dumps(json.loads(line) | {"signed_at": "2020-01-01"}),
        lambda line: json.dumps(json.loads(line) | {"signature": "00"}),
    ],
)
def test_a_signed_line_that_was_changed_is_found(here, settings, change):
    for minutes in (0, 5):
        sign_heads(now=NOW + timedelta(minutes=minutes))
        tell(here)
    lines = the_file(settings).read_text().splitlines()

    the_file(settings).write_text("\n".join([change(lines[0]), lines[1]]) + "\n")

    assert ("ANCHOR", None, None) in faults()


def test_a_signed_line_that_was_taken_out_is_found(here, settings):
    for minutes in (0, 5, 10):
        sign_heads(now=NOW + timedelta(minutes=minutes))
        tell(here)
    lines = the_file(settings).read_text().splitlines()

    the_file(settings).write_text("\n".join([lines[0], lines[2]]) + "\n")

    assert faults() == {("ANCHOR", None, None)}


def test_a_line_signed_with_another_key_is_found(here, settings):
    sign_heads(now=NOW)

    settings.LEDGER_SIGNING_KEYS = ["another key"]

    assert faults() == {("ANCHOR", None, None)}


def test_a_key_that_was_replaced_still_proves_what_it_signed(here, settings):
    sign_heads(now=NOW)
    settings.LEDGER_SIGNING_KEYS = ["a newer key", "a key of the tests"]
    sign_heads(now=NOW + timedelta(minutes=5))

    assert faults() == set()


def test_without_a_key_in_the_settings_one_is_made_and_kept(here, settings, tmp_path):
    settings.LEDGER_SIGNING_KEYS, settings.DATA_DIR = [], tmp_path

    sign_heads(now=NOW)

    kept = tmp_path / "ledger_signing_key"
    assert (len(kept.read_text()) > 60, kept.stat().st_mode & 0o077) == (True, 0)
    assert faults() == set()


def test_an_emptied_demonstration_begins_with_new_files(here, settings):
    sign_heads(now=NOW)

    set_aside(now=NOW)

    assert list(anchors()) == []
    assert len(list(settings.LEDGER_ANCHORS_DIR.glob("*.before-*"))) == 1
