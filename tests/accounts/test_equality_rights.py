import pytest
from django.db import connection, transaction

from accounts.equality import own
from accounts.equality.cipher import Answer
from accounts.equality.rights import told
from accounts.rights import ERASERS, PACK_PARTS, Erasing
from config.reference.monitoring import load_monitoring_codes
from tests.equality import CHINESE, DISABILITY, DISABLED, ETHNIC
from tests.factories.accounts import employ
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def amara(db):
    load_monitoring_codes()
    return employ()


def words(person):
    rows = PACK_PARTS["accounts.equality"].rows(person)
    return [{str(name): value for name, value in row.items()} for row in rows]


def erase(person):
    erasing = Erasing(person=person, email=person.email, full_name="", keys=frozenset(), now=NOW)
    return [(str(what), rows) for what, rows in ERASERS["accounts.equality"](erasing)]


def test_a_copy_holds_every_answer_with_its_code_and_system(amara):
    other = employ()
    own.keep(other.pk, {ETHNIC: Answer("ETHNIC CATEGORY", "A")})
    own.keep(amara.pk, {ETHNIC: CHINESE, DISABILITY: DISABLED})

    assert words(amara) == [
        {
            "Question": "Ethnic group",
            "Answer": "Other Ethnic Groups - Chinese",
            "Code": "R",
            "Code system": "ETHNIC CATEGORY",
        },
        {
            "Question": "Disability",
            "Answer": "Yes",
            "Code": "Y",
            "Code system": "WDES DISABILITY",
        },
    ]


def test_a_copy_says_that_somebody_asked_us_to_stop(amara):
    own.stop(amara.pk, on=TODAY)

    assert words(amara) == [{"You asked us to stop on": TODAY}]
    assert words(employ()) == []


def test_a_copy_says_what_it_cannot_read(amara, settings):
    own.keep(amara.pk, {ETHNIC: CHINESE})
    settings.EQUALITY_KEYS = ["another key, of forty characters or more"]

    assert [list(row) for row in words(amara)] == [["Your answers"]]


@pytest.mark.parametrize("is_stopped", [False, True])
def test_erasing_removes_answers_and_a_stop_and_nobody_elses(amara, is_stopped):
    other = employ()
    for person in (amara, other):
        own.keep(person.pk, {ETHNIC: CHINESE})
    if is_stopped:
        own.stop(amara.pk, on=TODAY)
    kept = own.read(other.pk)

    assert erase(amara) == [("Equality monitoring", 1)]

    assert own.read(amara.pk) is None
    assert own.read(other.pk) == kept
    assert erase(amara) == [("Equality monitoring", 0)]


def test_erasing_that_is_taken_back_leaves_everything(amara):
    own.keep(amara.pk, {ETHNIC: CHINESE})
    kept = own.read(amara.pk)

    with transaction.atomic():
        erase(amara)
        transaction.set_rollback(True)

    assert own.read(amara.pk) == kept


def test_acting_in_somebodys_name_leaves_the_transaction_to_whose_it_was(amara):
    officer = employ()
    own.keep(amara.pk, {ETHNIC: CHINESE})

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waymark.person', %s, true)", [str(officer.pk)])
        assert own.read(amara.pk) is None
        assert len(list(told(amara))) == 1
        erase(amara)
        cursor.execute("SELECT current_setting('waymark.person')")
        assert cursor.fetchone() == (str(officer.pk),)
        cursor.execute("SELECT set_config('waymark.person', '', true)")

    assert own.read(amara.pk) is None
