"""How long a session lasts, who sees it, and how it ends."""

import re
from datetime import datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from accounts.scope import opened
from accounts.selectors.sign_in import device_in_words
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.second_step import PASSWORD, send_password, stand_still, with_password

pytestmark = pytest.mark.django_db

PAGE = "/accounts/sessions/"
MINUTE = timedelta(minutes=1)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0.0.0 Safari/537.36"
)


@pytest.fixture
def person():
    return employ()


@pytest.fixture
def at(monkeypatch):
    """``at(minutes)`` sets the clock to so many minutes after the person signed in."""
    start = timezone.now()

    def set_clock(minutes: float) -> datetime:
        moment = start + timedelta(minutes=minutes)
        stand_still(monkeypatch, moment)
        return moment

    set_clock(0)
    return set_clock


def browser_of(person, **headers):
    client = Client(headers=headers)
    client.force_login(person)
    return client


def signed_in_by_password(person, **headers):
    client = Client(headers=headers)
    if not person.has_usable_password():
        with_password(person)
    send_password(client, person)
    return client


def test_a_session_lasts_half_an_hour_after_the_last_page(person, at):
    client = browser_of(person)

    for minutes in (20, 40, 69):
        at(minutes)
        assert client.get(PAGE).status_code == 200
    at(99)
    response = client.get(PAGE)

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/accounts/sessions/&ended=idle"
    assert not get_user(client).is_authenticated


def test_a_session_lasts_twelve_hours_at_the_most(person, at):
    client = browser_of(person)
    for minutes in range(0, 12 * 60, 20):
        at(minutes)
        assert client.get(PAGE).status_code == 200

    at(12 * 60)

    assert client.get(PAGE)["Location"].endswith("&ended=long")


def test_the_page_after_the_end_says_why_and_leads_back(person, at):
    with_password(person)
    client = Client()
    send_password(client, person)
    at(31)

    page = client.get(PAGE, follow=True)
    back = send_password(client, person, next=PAGE)

    assert "you opened no page for 30 minutes" in page.content.decode()
    assert f'<input type="hidden" name="next" value="{PAGE}">' in page.content.decode()
    assert back["Location"] == PAGE


def test_a_form_that_comes_too_late_is_not_lost(person, at):
    client = browser_of(person)
    at(31)

    response = client.post(
        reverse("notifications:notice_read_all"),
        {"reason": "To <b>lead</b> a team", "password": "two words", "csrfmiddlewaretoken": "a b"},
    )

    page = response.content.decode()
    assert response.status_code == 401
    assert "To &lt;b&gt;lead&lt;/b&gt; a team" in page
    assert "two words" not in page
    assert not get_user(client).is_authenticated


def test_a_session_that_is_over_is_gone_whatever_is_answered(person, at):
    client = browser_of(person)
    key = client.session.session_key
    at(31)

    response = client.post(reverse("notifications:notice_read_all"))

    assert response.status_code == 401
    assert response["Cache-Control"] == "private, no-store"
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.filter(session_key=key).exists()


def test_who_is_asked_for_after_the_end_is_nobody_to_the_database(person, at, monkeypatch):
    client = browser_of(person)
    at(31)
    scopes = []
    monkeypatch.setattr(
        "accounts.scope_middleware.opened",
        lambda actor, *, on: scopes.append(actor) or opened(actor, on=on),
    )

    client.get(reverse("v1:people"))

    assert scopes == [None]


def test_a_program_is_told_that_the_session_is_over(person, at):
    client = browser_of(person)
    at(31)

    response = client.get(reverse("v1:people"))

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)])
def test_a_clock_that_goes_back_revives_no_session(person, monkeypatch, at, back):
    client = browser_of(person)
    at(31)
    assert client.get(PAGE).status_code == 302

    stand_still(monkeypatch, at(0) - back)

    assert client.get(PAGE).status_code == 302
    assert not get_user(client).is_authenticated


def test_a_session_from_a_time_to_come_is_not_believed(person, monkeypatch, at):
    client = browser_of(person)

    stand_still(monkeypatch, at(0) - timedelta(hours=1))

    assert client.get(PAGE)["Location"].endswith("&ended=unknown")


def test_a_session_that_says_nothing_about_its_age_is_over(person):
    client = browser_of(person)
    session = client.session
    del session["waymark_signed_in"]
    session.save()

    assert client.get(PAGE)["Location"].endswith("&ended=unknown")


def test_a_session_in_use_is_written_once_a_minute(person, at):
    client = browser_of(person)
    client.get(reverse("accounts:session_keep"))
    written = {}

    for seconds in (59, 61, 90, 122):
        at(seconds / 60)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("accounts:session_keep"))
        written[seconds] = sum("UPDATE" in query["sql"] for query in queries.captured_queries)

    assert written == {59: 0, 61: 2, 90: 0, 122: 2}


def test_every_page_says_until_when_one_stays_signed_in(person, monkeypatch):
    stand_still(monkeypatch, datetime.fromisoformat("2026-11-20T14:02:00+00:00"))
    client = browser_of(person)

    for path in ("/", "/courses/", "/nowhere/"):
        page = client.get(path).content.decode()

        assert "You will be signed out at 2:32pm unless you open a page before then." in page
    assert "You will be signed out" not in Client().get("/accounts/login/").content.decode()


def test_keeping_a_session_says_how_long_it_lasts(person, at):
    client = browser_of(person)
    at(12 * 60 - 20 - 0)
    assert client.get(PAGE).status_code == 302  # nobody came for eleven hours

    client = browser_of(person)
    kept = client.get(reverse("accounts:session_keep"), headers={"Accept": "application/json"})

    assert kept.json() == {"seconds": 1800}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_one_s_own_sessions(person, rows, django_assert_num_queries):
    client = signed_in_by_password(person, user_agent=CHROME)
    for _ in range(rows - 1):
        signed_in_by_password(person, user_agent="curl/8")
    signed_in_by_password(employ(), user_agent="Firefox/140 of somebody else")

    with django_assert_num_queries(10):
        response = client.get(PAGE)

    page = response.content.decode()
    assert page.count("<tr") == rows + 1
    assert page.count("This one") == 1
    assert len(re.findall(r">\s*A browser we do not know\s", page)) == rows - 1
    assert "Chrome on Windows" in page
    assert "Firefox" not in page


def test_a_session_that_is_ended_elsewhere_is_over_on_its_next_request(person):
    here, there = browser_of(person), browser_of(person)
    listed = UserSession.objects.get(session_key=there.session.session_key)

    response = here.post(reverse("accounts:session_end", args=[listed.pk]))

    assert response["Location"] == PAGE
    assert there.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200
    assert list(Event.objects.filter(by_person=person).values_list("verb", flat=True)) == [
        "end_session"
    ]


def test_ending_the_session_one_is_in_signs_out(person):
    client = browser_of(person)
    listed = UserSession.objects.get(session_key=client.session.session_key)

    response = client.post(reverse("accounts:session_end", args=[listed.pk]))

    assert response["Location"] == reverse("account_login")
    assert client.get(PAGE).status_code == 302


def test_all_others_are_ended_at_once(person):
    here, *elsewhere = (browser_of(person) for _ in range(4))
    stranger = browser_of(employ())

    here.post(reverse("accounts:session_end_others"))

    assert [client.get(PAGE).status_code for client in elsewhere] == [302, 302, 302]
    assert here.get(PAGE).status_code == 200
    assert stranger.get(PAGE).status_code == 200


def test_somebody_else_s_session_is_not_there(person):
    theirs = browser_of(employ())
    listed = UserSession.objects.get(session_key=theirs.session.session_key)

    response = browser_of(person).post(reverse("accounts:session_end", args=[listed.pk]))

    assert response.status_code == 404
    assert theirs.get(PAGE).status_code == 200
    assert not Event.objects.exists()


def test_a_new_password_ends_every_session(person):
    with_password(person)
    elsewhere = Client()
    send_password(elsewhere, person)
    here = Client()
    send_password(here, person)
    new = "lantern signpost heather"

    response = here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert response.status_code == 302
    assert elsewhere.get(PAGE).status_code == 302
    assert not UserSession.objects.filter(user=person).exists()


def test_signing_out_leaves_nothing_of_the_session(person):
    client = browser_of(person)

    client.post(reverse("account_logout"))

    assert not UserSession.objects.exists()
    assert not Session.objects.filter(session_key=client.session.session_key).exists()


def test_a_role_gives_the_session_another_key(person):
    client = browser_of(person)
    client.get(PAGE)
    before = client.session.session_key

    client.get(PAGE)
    unchanged = client.session.session_key
    grant(person, "LEARNING_LEAD", OrganisationFactory())
    client.get(PAGE)
    after = client.session.session_key

    assert unchanged == before != after
    assert not Session.objects.filter(session_key=before).exists()
    assert UserSession.objects.get(user=person).session_key == after
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/150.0", "Microsoft Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 20_0) Version/20 Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 16) SamsungBrowser/29", "Samsung Internet on Android"),
        ("curl/8", "A browser we do not know"),
        ("", "A browser we do not know"),
        ("<script>", "A browser we do not know"),
    ],
)
def test_a_browser_is_named_in_words(user_agent, words):
    assert device_in_words(user_agent) == words


def test_an_endless_name_of_a_browser_is_cut():
    client = signed_in_by_password(PersonFactory(), user_agent="x" * 5_000)

    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("address", [PAGE, "/accounts/second-step/"])
def test_only_who_has_a_password_is_led_to_changing_it(person, address):
    by_password = signed_in_by_password(employ())
    without = browser_of(person)

    assert "/accounts/password/change/" in by_password.get(address).content.decode()
    assert "/accounts/password/change/" not in without.get(address).content.decode()
