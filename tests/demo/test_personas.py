import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user
from django.test import Client

from config.demo.client import DemoClient, keep
from config.demo.personas import PERSONAS
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ

ROOT = Path(__file__).parents[2]
AMARA = PERSONAS[0]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def amara(db):
    return employ(
        person=PersonFactory(given_name="Amara", family_name="Okafor", email=AMARA.email),
        organisation=OrganisationFactory(),
    )


def test_the_page_lists_who_is_there_and_what_they_can_do(client, amara, django_assert_num_queries):
    with django_assert_num_queries(6):
        response = client.get("/demo/")

    text = response.content.decode()
    assert response.status_code == 200
    assert "Sign in as Amara Okafor" in text
    assert str(AMARA.can_do)[:40] in text
    assert text.count('action="/demo/sign-in/') == 1


def test_before_it_is_filled_the_page_says_how(client, db):
    text = client.get("/demo/").content.decode()

    assert "seed_demo" in text
    assert "/demo/sign-in/" not in text


def test_the_client_is_shown_once_it_exists(client, amara):
    keep(DemoClient("the-client-id", "the-secret", "A trust"))

    text = client.get("/demo/").content.decode()

    assert "the-client-id" in text
    assert "the-secret" in text


def test_one_click_signs_in_and_leads_home(client, amara):
    response = client.post(f"/demo/sign-in/{AMARA.slug}/")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert get_user(client) == amara


def test_being_somebody_else_ends_being_the_one_before(client, amara):
    other = employ(person=PersonFactory(email=PERSONAS[1].email))
    client.post(f"/demo/sign-in/{AMARA.slug}/")
    first_session = client.session.session_key

    client.post(f"/demo/sign-in/{PERSONAS[1].slug}/")

    assert get_user(client) == other
    assert client.session.session_key != first_session


def test_a_link_cannot_sign_anybody_in(client, amara):
    response = client.get(f"/demo/sign-in/{AMARA.slug}/")

    assert response.status_code == 405
    assert not get_user(client).is_authenticated


def test_another_site_cannot_sign_anybody_in(amara):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(f"/demo/sign-in/{AMARA.slug}/")

    assert response.status_code == 403
    assert not get_user(strict).is_authenticated


def test_nobody_who_is_no_persona_can_be_signed_in_as(client, amara):
    stranger = PersonFactory(email="somebody.else@waymark.example")

    for slug in ("somebody.else", str(stranger.pk), stranger.email):
        assert client.post(f"/demo/sign-in/{slug}/").status_code == 404
    assert not get_user(client).is_authenticated


def test_a_persona_who_may_not_sign_in_is_not_there(client, amara):
    amara.is_active = False
    amara.save()

    assert client.post(f"/demo/sign-in/{AMARA.slug}/").status_code == 404
    assert "/demo/sign-in/" not in client.get("/demo/").content.decode()


def test_outside_a_demonstration_the_views_themselves_refuse(client, amara, settings):
    settings.DEMO = False

    assert client.get("/demo/").status_code == 404
    assert client.post(f"/demo/sign-in/{AMARA.slug}/").status_code == 404
    assert not get_user(client).is_authenticated


PRODUCTION = {
    "DATABASE_URL": "postgres://waymark:secret@db.example.nhs.uk/waymark",
    "REDIS_URL": "redis://redis.example.nhs.uk/0",
    "SECRET_KEY": "k7Jd0sQ2mB5xVn8RtYw3ZcF6hLp9GaE1uTi4OqXr0sKdUb2MvNe5",
    "EQUALITY_KEYS": "Zq8vXw2LrT5nYc7HdK4mJs9PbG3fAe6U-one",
    "SITE_URL": "https://waymark.example.nhs.uk",
}
RESOLVE = """
import django
django.setup()
from django.urls import Resolver404, resolve
for path in ("/demo/", "/demo/sign-in/amara.okafor/"):
    try:
        resolve(path)
    except Resolver404:
        continue
    raise SystemExit(f"{path} exists in production")
resolve("/accounts/login/")
print("not there")
"""


def in_production(**more):
    ours = {*PRODUCTION, "EMBEDDED", "DEMO", "DATA_DIR"}
    env = {name: value for name, value in os.environ.items() if name not in ours}
    env |= {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", RESOLVE],
        cwd=ROOT,
        env=env | PRODUCTION | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_in_production_the_addresses_do_not_exist():
    answer = in_production()

    assert (answer.returncode, answer.stdout.strip()) == (0, "not there"), answer.stderr


def test_production_with_the_demonstration_switched_on_does_not_start():
    answer = in_production(DEMO="1")

    assert answer.returncode != 0
    assert "DEMO is on, which lets anybody sign in as anybody" in answer.stderr
