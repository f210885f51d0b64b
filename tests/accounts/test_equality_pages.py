import pytest
from django.test import Client

from accounts.equality import own
from accounts.models import Attribute, Event, MonitoringCode
from accounts.selectors.equality import own_record
from accounts.services.equality import answer_equality, stop_monitoring
from config.reference.monitoring import load_monitoring_codes
from tests.equality import CHINESE, DISABILITY, DISABLED, ETHNIC, NOT_DISABLED
from tests.factories.accounts import employ
from tests.factories.clock import NOW

SHOW, ANSWER, DELETE, STOP, RESUME = (
    "/equality/",
    "/equality/answers/",
    "/equality/delete/",
    "/equality/stop/",
    "/equality/resume/",
)


@pytest.fixture(autouse=True)
def codes(db):
    load_monitoring_codes()


@pytest.fixture
def amara():
    return employ()


@pytest.fixture
def browser(amara):
    client = Client()
    client.force_login(amara)
    return client


def code(attribute, name):
    return str(MonitoringCode.objects.get(attribute=attribute, code=name).pk)


def words(response):
    return " ".join(response.content.decode().split())


def answers_of(person):
    return own_record(person, by=person).answers


def give(person, answers):
    answer_equality(person=person, answers=answers, by=person, now=NOW)


def test_the_page_says_why_before_anything_is_answered(browser):
    response = browser.get(SHOW)

    assert response.status_code == 200
    assert "You have not answered any question." in words(response)
    assert "Decisions about you" in words(response)
    assert "Delete your answers" not in words(response)
    assert response["Cache-Control"] == "private, no-store"


def test_one_sees_ones_own_answers_and_nobody_elses(browser, amara):
    give(employ(), {ETHNIC: CHINESE})
    give(amara, {DISABILITY: DISABLED})

    page = words(browser.get(SHOW))

    assert "Other Ethnic Groups - Chinese" not in page
    assert page.count("Not answered") == len(Attribute) - 1
    assert "Yes" in page


def test_answers_are_kept(browser, amara):
    chosen = {ETHNIC: code(ETHNIC, "R"), DISABILITY: code(DISABILITY, "N")}

    response = browser.post(ANSWER, chosen, follow=True)

    assert response.redirect_chain == [(SHOW, 302)]
    assert "Your answers are saved." in words(response)
    assert answers_of(amara) == {ETHNIC: CHINESE, DISABILITY: NOT_DISABLED}


def test_the_questions_come_back_as_they_were_answered(browser, amara):
    give(amara, {ETHNIC: CHINESE})

    page = words(browser.get(ANSWER))

    assert page.count(" checked") == 1
    assert f'value="{code(ETHNIC, "R")}" checked' in page


def test_not_known_is_never_offered(browser):
    page = words(browser.get(ANSWER))

    assert page.count("Prefer not to say") == len(Attribute)
    for unknown in MonitoringCode.objects.filter(kind="NOT_KNOWN"):
        assert f'value="{unknown.pk}"' not in page


@pytest.mark.parametrize(
    "typed",
    ["0", "R", "999999999999999999999", "-1", "\u0661", "A'; DROP TABLE", "not-known"],
)
def test_what_is_not_on_the_list_is_refused_and_the_rest_stays(browser, amara, typed):
    give(amara, {ETHNIC: CHINESE})
    wrong = code(ETHNIC, "99") if typed == "not-known" else typed
    chosen = {ETHNIC: wrong, DISABILITY: code(DISABILITY, "Y")}

    response = browser.post(ANSWER, chosen)

    assert response.status_code == 422
    assert "Select an answer from the list" in words(response)
    assert f'value="{code(DISABILITY, "Y")}" checked' in words(response)
    assert answers_of(amara) == {ETHNIC: CHINESE}


def test_unknown_fields_and_another_persons_number_change_nothing(browser, amara):
    other = employ()

    browser.post(
        ANSWER,
        {
            ETHNIC: code(ETHNIC, "R"),
            "person": str(other.pk),
            "person_id": str(other.pk),
            "opted_out_on": "2026-01-01",
        },
    )

    assert own.read(other.pk) is None
    assert own_record(amara, by=amara).opted_out_on is None
    assert answers_of(amara) == {ETHNIC: CHINESE}


def test_answers_are_deleted(browser, amara):
    give(amara, {ETHNIC: CHINESE})

    page = words(browser.post(DELETE, follow=True))

    assert "Your answers are deleted." in page
    assert own.read(amara.pk) is None


def test_deleting_twice_is_told(browser):
    response = browser.post(DELETE)

    assert response.status_code == 409
    assert "There are no answers of yours to delete." in words(response)


def test_one_can_ask_us_to_stop_and_take_part_again(browser, amara):
    give(amara, {ETHNIC: CHINESE})
    before = words(browser.get(STOP))

    stopped = words(browser.post(STOP, follow=True))

    assert "your answers are deleted at once" in before
    assert "You asked us to stop on" in stopped
    assert "Answer the questions" not in stopped
    assert browser.get(ANSWER).headers["Location"] == SHOW
    again = words(browser.post(RESUME, follow=True))
    assert "You have not answered any question." in again


def test_answering_in_a_page_from_before_the_stop_is_refused(browser, amara):
    browser.get(ANSWER)
    stop_monitoring(person=amara, by=amara, now=NOW)

    response = browser.post(ANSWER, {ETHNIC: code(ETHNIC, "R")})

    assert response.headers["Location"] == SHOW
    assert answers_of(amara) == {}


def test_looking_changes_nothing_and_acts_are_posts(browser, amara):
    give(amara, {ETHNIC: CHINESE})
    events = Event.objects.count()

    assert [browser.get(path).status_code for path in (SHOW, ANSWER, STOP)] == [200, 200, 200]
    assert [browser.get(path).status_code for path in (DELETE, RESUME)] == [405, 405]

    assert answers_of(amara) == {ETHNIC: CHINESE}
    assert Event.objects.count() == events


def test_a_wrong_key_is_said_in_a_sentence_and_other_pages_go_on(browser, amara, settings):
    give(amara, {ETHNIC: CHINESE})
    settings.EQUALITY_KEYS = []

    page = browser.get(SHOW)

    assert page.status_code == 200
    assert "We cannot read your answers at the moment" in words(page)
    assert browser.get("/").status_code == 200
    assert browser.post(DELETE).status_code == 302


def test_answering_without_keys_is_refused_in_a_sentence(browser, amara, settings):
    settings.EQUALITY_KEYS = []

    response = browser.post(ANSWER, {ETHNIC: code(ETHNIC, "R")})

    assert response.status_code == 409
    assert "cannot keep your answers at the moment" in words(response)
    assert own.read(amara.pk) is None


@pytest.mark.parametrize("path", [SHOW, ANSWER, STOP, DELETE, RESUME])
def test_a_stranger_is_asked_to_sign_in(path):
    for response in (Client().get(path), Client().post(path)):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("answered", [0, 1, 5])
def test_the_page_asks_the_database_the_same_whatever_was_answered(
    browser, amara, answered, django_assert_num_queries
):
    offered = MonitoringCode.objects.filter(kind="NOT_STATED")[:answered]
    browser.post(ANSWER, {found.attribute: str(found.pk) for found in offered})
    browser.get(SHOW)

    with django_assert_num_queries(11):
        page = browser.get(SHOW)

    assert words(page).count("Prefer not to say") == answered
