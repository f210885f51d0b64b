import pytest
from django.test import Client

from tests.factories.accounts import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.common.urls")]


@pytest.mark.parametrize(
    ("kind", "status", "sentence"),
    [
        ("forbidden", 403, "Only the line manager may do this."),
        ("conflict", 409, "You already have a place."),
        ("stale", 409, "Ben changed this at 10:42."),
    ],
)
def test_a_refusal_is_a_page_that_says_why(client, kind, status, sentence):
    response = client.get(f"/sample/{kind}/")

    assert response.status_code == status
    html = response.content.decode()
    assert sentence in html
    assert "<html" in html
    assert "Go to the home page" in html or "Open the page again" in html


def test_a_stale_page_shows_what_it_says_now_escaped(client):
    html = client.get("/sample/stale/").content.decode()

    assert "Ben&#x27;s &lt;b&gt;text&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("referer", "link"),
    [
        ("http://testserver/appraisals/7/", "http://testserver/appraisals/7/"),
        ("https://elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_the_way_back_leads_to_pages_of_ours_only(client, referer, link):
    html = client.get("/sample/conflict/", headers={"referer": referer}).content.decode()

    assert f'<a href="{link}">Open the page again</a>' in html


def test_htmx_gets_a_fragment_where_the_answer_would_have_gone(client):
    response = client.get("/sample/conflict/", headers={"hx-request": "true"})

    html = response.content.decode()
    assert response.status_code == 409
    assert "You already have a place." in html
    assert "<html" not in html


def test_whoever_wants_json_gets_problem_details(client):
    response = client.get("/sample/stale/", headers={"accept": "application/json"})

    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Ben changed this at 10:42.",
        "status": 409,
        "detail": "Ben changed this at 10:42.",
        "code": "stale",
        "current": {"Objective": "Ben's <b>text</b>"},
    }


@pytest.mark.parametrize("path", ["/nowhere/", "/api/v1/nowhere/"])
def test_what_is_not_there_is_404_in_the_shape_of_its_caller(client, path):
    client.force_login(PersonFactory())

    response = client.get(path)

    assert response.status_code == 404
    is_json = response["Content-Type"] == "application/problem+json"
    assert is_json == path.startswith("/api/")
    assert b"urlpatterns" not in response.content


def test_a_fault_of_ours_is_a_page_without_details(settings):
    client = Client(raise_request_exception=False)

    response = client.get("/sample/broken/")

    assert response.status_code == 500
    html = response.content.decode()
    assert "Sorry, there is a problem with the service" in html
    assert "a fault of ours" not in html


def test_a_form_without_its_token_names_the_address_to_use(settings):
    settings.SITE_URL = "https://waymark.example"
    client = Client(enforce_csrf_checks=True)

    response = client.post("/sample/form/", {"title": "x"})

    assert response.status_code == 403
    html = response.content.decode()
    assert "https://waymark.example" in html
    assert "http://testserver" in html


def test_pages_of_signed_in_people_are_kept_nowhere(client):
    before = client.get("/sample/form/")
    client.force_login(PersonFactory())
    after = client.get("/sample/form/")

    assert "no-store" not in before.get("Cache-Control", "")
    assert after["Cache-Control"] == "private, no-store"
    assert "camera=()" in before["Permissions-Policy"]


def test_a_wrong_sign_in_is_422_and_says_what_to_enter(client):
    response = client.post("/accounts/login/", {"login": "", "password": ""})

    assert response.status_code == 422
    html = response.content.decode()
    assert '<a href="#id_login">Enter your email address</a>' in html
    assert '<a href="#id_password">Enter your password</a>' in html
