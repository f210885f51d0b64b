import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actors import SystemJob
from accounts.equality import apart, own
from accounts.equality.cipher import Answer, opened, ring
from accounts.models import Attribute, Event
from accounts.services.equality_keys import rotate_keys
from tests.equality import CHINESE, DISABILITY, DISABLED, ETHNIC, all_rows, write_rows
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "the old key of forty characters or more", "the new key of forty characters or more"
ROWS = 300
GIVEN = {ETHNIC: CHINESE, DISABILITY: DISABLED}


@pytest.fixture
def rows(apart_role, settings):
    """Three hundred rows under the old key, and one of somebody who opted out."""
    settings.EQUALITY_KEYS = [OLD]
    write_rows(range(1, ROWS + 1), GIVEN)
    own.stop(ROWS + 1, on=TODAY)
    settings.EQUALITY_KEYS = [NEW, OLD]


def rotate(*arguments, stdout=None):
    call_command("rotate_equality_keys", *arguments, stdout=stdout or _Silence())


def keys_in_use():
    return {row[0] for row in all_rows().values() if row[0]}


def answers_of(person_id):
    return opened(own.read(person_id).tokens, person_id=person_id)


def test_every_row_is_written_again_and_says_the_same(rows, settings):
    before = all_rows()

    rotate("--batch", "70")

    assert keys_in_use() == {ring().key_id}
    assert all(row[1] != before[person][1] for person, row in all_rows().items() if row[0])
    settings.EQUALITY_KEYS = [NEW]
    assert all(answers_of(person) == GIVEN for person in range(1, ROWS + 1))
    assert own.read(ROWS + 1).opted_out_on == TODAY


def test_it_is_recorded_with_numbers_only(rows):
    rotate()

    event = Event.objects.get(verb="rotate_equality_keys")
    assert (event.by_job, event.facts) == (
        "rotate_equality_keys",
        {"written": ROWS, "unreadable": 0},
    )


def test_a_second_time_there_is_nothing_to_do(rows):
    rotate()
    before = all_rows()

    rotate()

    assert all_rows() == before


def test_whoever_is_stopped_in_the_middle_goes_on_where_they_were(rows):
    def stopped(done):
        if done.written >= 100:
            raise KeyboardInterrupt

    by = SystemJob("rotate_equality_keys", organisation_ids=None)
    with pytest.raises(KeyboardInterrupt):
        rotate_keys(by=by, now=NOW, batch=50, told=stopped)
    halfway = all_rows()
    left = rotate_keys(by=by, now=NOW, batch=50)

    assert len({row[0] for row in halfway.values() if row[0]}) == 2
    assert left.written == ROWS - 100
    assert keys_in_use() == {ring().key_id}
    assert all(all_rows()[person] == halfway[person] for person in range(1, 101))


def test_reading_never_fails_while_rows_are_written_again(rows):
    failed, read, done = [], 0, threading.Event()

    def rewrite():
        try:
            rotate("--batch", "20")
        finally:
            done.set()
            connection.close()

    rotation = threading.Thread(target=rewrite)
    rotation.start()
    while not done.is_set() or read < ROWS:
        person = read % ROWS + 1
        try:
            assert answers_of(person) == GIVEN
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is counted
            failed.append(problem)
        read += 1
    rotation.join()

    assert failed == []
    assert read >= ROWS
    assert keys_in_use() == {ring().key_id}


def test_without_the_old_key_reading_does_fail(rows, settings):
    """The test above can fail: this is what it would see."""
    settings.EQUALITY_KEYS = [NEW]

    with pytest.raises(Exception, match="not among the keys"):
        answers_of(1)


def test_an_answer_given_meanwhile_is_kept(rows):
    fresh = {ETHNIC: Answer("ETHNIC CATEGORY", "H")}

    with apart.connected() as link:
        held = apart.rows_of_old_keys(link, after=0, size=10)
        answering = threading.Thread(target=_keep, args=(1, fresh))
        answering.start()
        answering.join(timeout=0.5)
        is_waiting = answering.is_alive()
        apart.write_again(link, [(1, opened(held[0][1], person_id=1))])
    answering.join()

    assert is_waiting
    assert answers_of(1) == fresh


def _keep(person_id, answers):
    own.keep(person_id, answers)
    connection.close()


def test_rows_that_no_key_opens_are_left_and_told(rows, settings):
    settings.EQUALITY_KEYS = ["a third key, of forty characters or more"]
    own.keep(5, GIVEN)
    settings.EQUALITY_KEYS = [NEW, OLD]
    before = all_rows()[5]

    with pytest.raises(CommandError, match="that no key in EQUALITY_KEYS opens: 1"):
        rotate()

    assert all_rows()[5] == before
    assert len(keys_in_use()) == 2
    assert answers_of(6) == GIVEN


def test_it_says_what_is_missing(rows, settings):
    settings.EQUALITY_DATABASE_URL = ""

    with pytest.raises(CommandError, match="Set EQUALITY_DATABASE_URL"):
        rotate()

    with pytest.raises(CommandError, match="1 row or more"):
        rotate("--batch", "0")


def test_nothing_it_prints_is_an_answer(rows):
    said = _Silence()

    rotate("--verbosity", "2", "--batch", "100", stdout=said)

    assert "100 so far." in said.words
    assert "Records written again: 300." in said.words
    assert all(attribute.value not in said.words for attribute in Attribute)


class _Silence:
    words = ""

    def write(self, words):
        self.words += words
