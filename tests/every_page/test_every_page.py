import tomllib
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, Count, JSONField, TextField
from django.test import Client
from django.urls import resolve
from django.utils.html import escape
from django.utils.timezone import localdate

from accounts.models import Person
from appraisals.models import DevelopmentPlan
from appraisals.selectors.plan_view import plan_view
from appraisals.services.plan_documents import plan_page
from notifications.models import Digest
from notifications.services.digests import mail_of
from tests.every_page.pages import ELSEWHERE, PLACES, addresses
from tests.every_page.pseudo import plain_english, pseudo_language
from tests.journeys.browser import check_page

# What is a name in every language.
NAMES = ["Waymark", "NHS", "PDF", "API", "english", "Cymraeg"]


@pytest.fixture(autouse=True)
def database(demonstration, django_db_blocker):
    """The tests read what the demonstration committed; nothing is taken back after each."""
    with django_db_blocker.unblock():
        yield


def signed_in(place):
    client = Client()
    if person := place.person():
        client.force_login(person)
    return client


# The mark says for all of them which databases there have to be; the others are not taken back.
@pytest.mark.django_db(databases=["default", "owner"])
def test_every_address_without_a_place_here_takes_posts_only():
    client = Client()
    client.force_login(Person.objects.order_by("pk").first())
    placed = {place.name for place in PLACES} | set(ELSEWHERE)
    unplaced = {name: path for name, path in addresses().items() if name not in placed}

    answers = {name: client.get(path).status_code for name, path in unplaced.items()}

    assert len(answers) >= 15
    assert {name for name, status in answers.items() if status != 405} == set()
    assert all(Path(test).exists() for test in ELSEWHERE.values())


@contextmanager
def pages_of(site):
    """One browser context for each reader, opened when first needed."""
    known = {}

    def page_for(place):
        if place.reader not in known:
            known[place.reader] = site.page(as_person=place.person())
        return known[place.reader]

    yield page_for


@pytest.fixture(scope="module")
def page_for(open_site):
    with pages_of(open_site) as page_for:
        yield page_for


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_is_accessible_and_fits_a_phone(page_for, open_site, place):
    page = page_for(place)

    response = page.goto(open_site.url + place.path())

    assert response.status == 200
    assert page.locator("h1").count() == 1
    check_page(page)


@pytest.fixture(scope="module")
def data_of_the_database(demonstration, django_db_blocker):
    """Every text that rows hold: it is data, in whatever language it was written."""
    with django_db_blocker.unblock():
        yield [*NAMES, *_texts(), *_texts_of_starters()]


def _texts():
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField | JSONField) and not field.choices
        ]
        for row in model._default_manager.values_list(*names) if names else ():
            yield from (str(value) for value in row if value)


def _texts_of_starters():
    """The published frameworks lie in files until somebody starts from one."""
    for file in Path(settings.FRAMEWORK_STARTERS).glob("*.toml"):
        yield from _strings(tomllib.loads(file.read_text(encoding="utf-8")))


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_has_no_english_that_was_not_translated(place, data_of_the_database):
    client, path = signed_in(place), place.path()

    with pseudo_language():
        response = client.get(path)

    assert response.status_code == 200
    assert plain_english(response.content.decode(), data=data_of_the_database) == []


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_of_a_person_asks_a_stranger_to_sign_in(place):
    if place.reader is None:
        return
    response = Client().get(place.path())

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_the_places_lead_where_they_say():
    for place in PLACES:
        assert resolve(place.path().partition("?")[0]).view_name == place.name


def test_the_daily_mail_has_no_english_that_was_not_translated(data_of_the_database):
    digests = Digest.objects.annotate(lines=Count("notices")).order_by("-lines", "pk")[:30]

    with pseudo_language():
        mails = [mail_of(digest) for digest in digests]

    assert len(mails) >= 5
    for mail in mails:
        page, _type = mail.alternatives[0]
        for words in (mail.subject, escape(mail.body), page):
            assert plain_english(words, data=[*data_of_the_database, "http"]) == []


def test_a_plan_on_paper_has_no_english_that_was_not_translated(data_of_the_database):
    plan = DevelopmentPlan.objects.filter(actions__isnull=False).order_by("pk").first()

    with pseudo_language():
        page = plan_page(plan_view(plan=plan, reader=plan.person, on=localdate()))

    assert plain_english(page, data=data_of_the_database) == []
