from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from accounts.actors import ApiClientPrincipal, SystemJob
from accounts.equality import apart, own
from accounts.equality.cipher import Answer, ring, sealed
from accounts.models import Attribute, CodeKind, Event, MonitoringCode
from accounts.selectors.equality import codes_to_offer, own_record, wording_of
from accounts.services.equality import (
    answer_equality,
    delete_answers,
    resume_monitoring,
    stop_monitoring,
)
from common.errors import Conflict, Forbidden
from config.reference.monitoring import load_monitoring_codes
from tests.equality import (
    CHINESE,
    DISABILITY,
    DISABLED,
    ETHNIC,
    NOT_DISABLED,
    WHITE_BRITISH,
)
from tests.factories.accounts import ApiClientFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def codes(db):
    load_monitoring_codes()


@pytest.fixture
def amara():
    return employ()


def answer(person, answers, *, by=None, now=NOW):
    answer_equality(person=person, answers=answers, by=by or person, now=now)


def own_of(person):
    return own_record(person, by=person)


def test_who_never_answered_has_nothing(amara):
    record = own_of(amara)

    assert (record.answers, record.opted_out_on, record.is_kept) == ({}, None, False)


def test_what_was_answered_is_seen_by_its_person(amara):
    other = employ()
    answer(other, {ETHNIC: WHITE_BRITISH})

    answer(amara, {ETHNIC: CHINESE, DISABILITY: NOT_DISABLED})

    assert own_of(amara).answers == {ETHNIC: CHINESE, DISABILITY: NOT_DISABLED}
    assert own_of(other).answers == {ETHNIC: WHITE_BRITISH}


def test_the_newest_answers_stand_in_place_of_all_before(amara):
    answer(amara, {ETHNIC: CHINESE, DISABILITY: NOT_DISABLED})

    answer(amara, {DISABILITY: DISABLED})

    assert own_of(amara).answers == {DISABILITY: DISABLED}


def test_taking_every_answer_back_leaves_no_row(amara):
    answer(amara, {ETHNIC: CHINESE})

    answer(amara, {})

    assert own.read(amara.pk) is None


def test_the_ledger_knows_that_and_when_but_never_what(amara):
    organisation_id = amara.assignments.get().organisation_id

    answer(amara, {ETHNIC: CHINESE, DISABILITY: DISABLED})
    delete_answers(person=amara, by=amara, now=NOW)
    stop_monitoring(person=amara, by=amara, now=NOW)
    resume_monitoring(person=amara, by=amara, now=NOW)

    told = Event.objects.filter(subject=amara).order_by("pk")
    assert list(told.values_list("verb", "rule", "facts", "about_id", "organisation_id")) == [
        (verb, "may_answer_equality", {}, amara.pk, organisation_id)
        for verb in (
            "answer_equality",
            "delete_equality_answers",
            "stop_equality_monitoring",
            "resume_equality_monitoring",
        )
    ]


@pytest.mark.parametrize(
    ("attribute", "given"),
    [
        (ETHNIC, Answer("ETHNIC CATEGORY", "99")),
        (ETHNIC, Answer("ETHNIC CATEGORY", "I")),
        (ETHNIC, Answer("ETHNIC CATEGORY 2021", "A")),
        (ETHNIC, NOT_DISABLED),
        (DISABILITY, Answer("WDES DISABILITY", "")),
    ],
    ids=["not known is no answer", "no such code", "another system", "another question", "empty"],
)
def test_only_what_is_offered_is_kept(amara, attribute, given):
    answer(amara, {ETHNIC: CHINESE})

    with pytest.raises(Conflict) as refused:
        answer(amara, {attribute: given})

    assert refused.value.code == "answer_not_offered"
    assert own_of(amara).answers == {ETHNIC: CHINESE}


def test_nobody_else_reads_or_changes_it(amara):
    manager = employ()
    employ(person=PersonFactory(), manager=manager)
    system = ApiClientPrincipal(ApiClientFactory(), frozenset({"people:read"}))
    answer(amara, {ETHNIC: CHINESE})
    events = Event.objects.count()

    for by in (manager, system, SystemJob("sweep", organisation_ids=None)):
        for act in (
            lambda by: own_record(amara, by=by),
            lambda by: answer(amara, {}, by=by),
            lambda by: delete_answers(person=amara, by=by, now=NOW),
            lambda by: stop_monitoring(person=amara, by=by, now=NOW),
            lambda by: resume_monitoring(person=amara, by=by, now=NOW),
        ):
            with pytest.raises(Forbidden) as refused:
                act(by)
            assert refused.value.code == "not_your_equality_record"

    assert own_of(amara).answers == {ETHNIC: CHINESE}
    assert Event.objects.count() == events


def test_answers_are_deleted_once(amara):
    answer(amara, {ETHNIC: CHINESE})

    delete_answers(person=amara, by=amara, now=NOW)

    assert own.read(amara.pk) is None
    with pytest.raises(Conflict) as refused:
        delete_answers(person=amara, by=amara, now=NOW)
    assert refused.value.code == "nothing_kept"


def test_who_asks_us_to_stop_keeps_nothing_here_but_the_day(amara):
    answer(amara, {ETHNIC: CHINESE})

    stop_monitoring(person=amara, by=amara, now=NOW)

    row = own.read(amara.pk)
    assert row.opted_out_on == TODAY
    assert set(row.tokens.values()) == {None}
    assert own_of(amara).answers == {}


def test_the_day_is_the_one_in_london(amara):
    half_past_midnight = NOW.replace(month=7, hour=23, minute=30)

    stop_monitoring(person=amara, by=amara, now=half_past_midnight)

    assert own_of(amara).opted_out_on == date(2026, 7, 21)


def test_after_a_stop_nothing_is_taken_until_the_person_takes_part_again(amara):
    stop_monitoring(person=amara, by=amara, now=NOW)

    for act in (
        lambda: answer(amara, {ETHNIC: CHINESE}),
        lambda: stop_monitoring(person=amara, by=amara, now=NOW + timedelta(days=3)),
        lambda: delete_answers(person=amara, by=amara, now=NOW),
    ):
        with pytest.raises(Conflict):
            act()
    assert own_of(amara).opted_out_on == TODAY
    resume_monitoring(person=amara, by=amara, now=NOW)
    answer(amara, {ETHNIC: CHINESE})

    assert (own_of(amara).answers, own_of(amara).opted_out_on) == ({ETHNIC: CHINESE}, None)


def test_whoever_takes_part_cannot_take_part_again(amara):
    answer(amara, {ETHNIC: CHINESE})

    with pytest.raises(Conflict) as refused:
        resume_monitoring(person=amara, by=amara, now=NOW)

    assert refused.value.code == "not_stopped"
    assert own_of(amara).answers == {ETHNIC: CHINESE}


@pytest.mark.parametrize(
    ("key_id", "token", "opted_out_on", "promise"),
    [
        ("", "A", None, "equality_answers_are_encrypted"),
        ("0123", "A", None, "equality_answers_are_encrypted"),
        ("0123", "w1.4567.AAAA", None, "equality_answers_are_encrypted"),
        ("0123", "w1.0123.AAAA", TODAY, "equality_nothing_kept_of_who_opted_out"),
        ("0123", None, TODAY, "equality_nothing_kept_of_who_opted_out"),
    ],
)
def test_the_database_keeps_its_promises_whoever_writes(
    apart_role, key_id, token, opted_out_on, promise
):
    statement = (
        "INSERT INTO equality.record (person_id, key_id, ethnic_category, opted_out_on)"
        " VALUES (4711, %s, %s, %s)"
    )

    with pytest.raises(psycopg.errors.CheckViolation, match=promise), apart.connected() as link:
        link.execute(statement, [key_id, token, opted_out_on])


def test_nothing_that_lies_there_is_the_answer(amara):
    answer(amara, {ETHNIC: CHINESE, DISABILITY: DISABLED})

    tokens = own.read(amara.pk).tokens

    kept = [token for token in tokens.values() if token]
    assert len(kept) == 2
    assert all(token.startswith(f"w1.{ring().key_id}.") for token in kept)
    assert len({len(token) for token in kept}) == 1


def put(person, **tokens):
    """Write tokens as they are, past everything that would encrypt them."""
    values = [person.pk, ring().key_id, *(tokens.get(attribute) for attribute in Attribute)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waymark.person', %s, true)", [str(person.pk)])
        cursor.execute("SELECT equality.keep_own(%s, %s, %s, %s, %s, %s, %s)", values)
        cursor.execute("SELECT set_config('waymark.person', '', true)")


def test_a_value_moved_from_somebody_else_is_not_read(amara):
    other = employ()
    answer(other, {ETHNIC: CHINESE})

    put(amara, ethnic_category=own.read(other.pk).tokens[ETHNIC])

    record = own_of(amara)

    assert (record.answers, record.is_readable, record.is_kept) == ({}, False, True)
    assert own_of(other).answers == {ETHNIC: CHINESE}


def test_a_value_moved_from_another_question_is_not_read(amara):
    answer(amara, {ETHNIC: CHINESE})

    put(amara, disability=own.read(amara.pk).tokens[ETHNIC])

    assert own_of(amara).is_readable is False


def test_a_value_put_back_where_it_was_is_read(amara):
    answer(amara, {ETHNIC: CHINESE})

    put(amara, ethnic_category=own.read(amara.pk).tokens[ETHNIC])

    assert own_of(amara).answers == {ETHNIC: CHINESE}


def test_a_wrong_key_is_told_and_answers_can_be_replaced(amara, settings):
    answer(amara, {ETHNIC: CHINESE})

    settings.EQUALITY_KEYS = ["another key, of forty characters or more"]

    assert own_of(amara).is_readable is False
    answer(amara, {ETHNIC: WHITE_BRITISH})
    assert own_of(amara).answers == {ETHNIC: WHITE_BRITISH}


def test_missing_keys_are_told(amara, settings):
    answer(amara, {ETHNIC: CHINESE})

    settings.EQUALITY_KEYS = []

    assert own_of(amara).is_readable is False
    delete_answers(person=amara, by=amara, now=NOW)
    assert own.read(amara.pk) is None


def test_what_went_wrong_is_logged_without_a_value(amara, settings, capsys, caplog):
    answer(amara, {ETHNIC: CHINESE})
    token = own.read(amara.pk).tokens[ETHNIC]
    settings.EQUALITY_KEYS = ["another key, of forty characters or more"]

    own_of(amara)

    told = caplog.text + capsys.readouterr().err
    assert "equality_unreadable" in told
    assert "KeyMissing" in told
    assert token not in told


def test_every_question_offers_answers_and_a_way_to_decline():
    offered = codes_to_offer()

    assert set(offered) == set(Attribute)
    for codes in offered.values():
        kinds = [code.kind for code in codes]
        assert kinds.count(CodeKind.NOT_STATED) == 1
        assert kinds.count(CodeKind.ANSWER) >= 2
        assert CodeKind.NOT_KNOWN not in kinds


def test_codes_are_those_of_their_systems():
    ethnic = MonitoringCode.objects.filter(attribute=ETHNIC)

    assert "".join(ethnic.filter(kind="ANSWER").values_list("code", flat=True)) == (
        "ABCDEFGHJKLMNPRS"
    )
    assert set(ethnic.values_list("system", flat=True)) == {"ETHNIC CATEGORY"}
    unverified = MonitoringCode.objects.filter(is_verified=False)
    assert set(unverified.values_list("attribute", flat=True)) == {
        "disability",
        "sexual_orientation",
    }


def test_loading_the_codes_again_rewords_and_adds_none():
    before = MonitoringCode.objects.count()
    MonitoringCode.objects.filter(system="ETHNIC CATEGORY", code="A").update(label="Old words")

    load_monitoring_codes()

    assert MonitoringCode.objects.count() == before
    assert MonitoringCode.objects.get(system="ETHNIC CATEGORY", code="A").label == "White - British"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "Not answered"),
        (CHINESE, "Other Ethnic Groups - Chinese"),
        (Answer("ETHNIC CATEGORY", "Z"), "Prefer not to say"),
        (Answer("ETHNIC CATEGORY 2021", "A1"), "A1 (ETHNIC CATEGORY 2021)"),
    ],
)
def test_an_answer_in_words(given, words):
    assert wording_of(given, codes_to_offer()[ETHNIC]) == words


def test_an_answer_never_shows_itself_in_a_log():
    assert "R" not in repr(CHINESE).replace("Answer", "")
    assert set(sealed({}, person_id=1).values()) == {None}
