"""Programs that call for an organisation, as its administrators open, change and stop them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.authentication import SCOPES
from accounts.models import ApiClient, ApiClientSecret, Event
from accounts.services.client_secrets import add_secret, revoke_secret
from accounts.services.clients import create_client, stop_client
from common.dates import long_date
from tests.api_client import token_for
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant, place_below
from tests.signing_in import sign_in_half_way

pytestmark = pytest.mark.django_db
SYSTEM = SystemJob("tests", organisation_ids=None)
LIST = "/programs/"


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def administrator(client, trust):
    """Signed in, both steps just passed."""
    person = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", trust)
    client.force_login(person)
    return person


def program_of(organisation, *, name="HR system", scopes=tuple(SCOPES)):
    program, secret = create_client(
        name=name, organisation=organisation, scopes=scopes, by=SYSTEM, now=timezone.now()
    )
    return program, secret


def form_for(trust, **changes):
    return {
        "name": "HR system",
        "organisation": trust.pk,
        "scopes": ["people:read", "courses:read"],
    } | changes


def secret_on(page):
    return re.search(r"data-client-secret>([^<]+)<", page).group(1)


def test_a_program_is_opened_and_its_secret_shown_once(client, trust, administrator):
    answer = client.post("/programs/open/", form_for(trust))

    program = ApiClient.objects.get()
    secret = secret_on(answer.content.decode())
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert token_for(program.client_id, secret).status_code == 200
    assert program.client.get_scopes() == ["courses:read", "people:read"]
    assert Event.objects.get(verb="open_client").by_person == administrator
    shown = client.get(f"/programs/{program.pk}/").content.decode()
    assert secret not in shown
    assert secret[:9] in shown
    assert secret not in str(dict(client.session))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter the name of the program"),
        ({"name": "a" * 101}, "100"),
        ({"scopes": []}, "Select what the program may do"),
        ({"scopes": ["everything"]}, "Select"),
        ({"organisation": ""}, "Select an organisation"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_opened(
    client, trust, administrator, changes, sentence
):
    answer = client.post("/programs/open/", form_for(trust, **changes))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ApiClient.objects.exists()


def test_sending_the_form_again_opens_no_second_program(client, trust, administrator):
    client.post("/programs/open/", form_for(trust))

    again = client.post("/programs/open/", form_for(trust, name="hr SYSTEM"))

    assert again.status_code == 422
    assert "There is a program with this name" in again.content.decode()
    assert ApiClient.objects.count() == 1


def test_another_organisation_is_not_among_the_choices(client, trust, administrator):
    other = OrganisationFactory()

    answer = client.post("/programs/open/", form_for(other))

    assert answer.status_code == 422
    assert other.name not in client.get("/programs/open/").content.decode()
    assert not ApiClient.objects.exists()


def test_a_second_secret_is_added_and_shown_and_a_third_refused(client, trust, administrator):
    program, _secret = program_of(trust)
    address = f"/programs/{program.pk}/secrets/add/"

    first = client.post(address)
    second = client.post(address)

    assert token_for(program.client_id, secret_on(first.content.decode())).status_code == 200
    assert second.status_code == 409
    assert "has two secrets already" in second.content.decode()
    assert program.secrets.count() == 2


def test_a_secret_is_revoked_after_a_question(client, trust, administrator):
    program, text = program_of(trust)
    address = f"/programs/secrets/{program.secrets.get().pk}/revoke/"

    asked = client.get(address)
    before = token_for(program.client_id, text).status_code
    answer = client.post(address)

    assert (asked.status_code, before) == (200, 200)
    assert answer["Location"] == f"/programs/{program.pk}/"
    assert token_for(program.client_id, text).status_code == 401
    assert client.post(address).status_code == 404


def test_a_program_is_narrowed(client, trust, administrator):
    program, _secret = program_of(trust, scopes=["people:read", "courses:read"])
    address = f"/programs/{program.pk}/scopes/"

    kept = client.post(address, {"scopes": ["courses:read"]})
    wider = client.post(address, {"scopes": ["courses:read", "people:read"]})

    program.client.refresh_from_db()
    assert kept.status_code == 302
    assert wider.status_code == 422
    assert program.client.get_scopes() == ["courses:read"]


def test_narrowing_to_the_same_changes_nothing_and_says_so(client, trust, administrator):
    program, _secret = program_of(trust, scopes=["people:read", "courses:read"])

    answer = client.post(
        f"/programs/{program.pk}/scopes/", {"scopes": ["people:read", "courses:read"]}
    )

    assert answer.status_code == 409
    assert "Choose fewer" in answer.content.decode()


def test_a_program_is_stopped(client, trust, administrator):
    program, text = program_of(trust)

    answer = client.post(f"/programs/{program.pk}/stop/", follow=True)

    assert "may no longer call" in answer.content.decode()
    assert token_for(program.client_id, text).status_code == 401
    assert "Add a secret" not in client.get(f"/programs/{program.pk}/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_the_programs_of_ones_organisations(
    client, trust, administrator, rows, django_assert_num_queries
):
    below = place_below(OrganisationFactory(), trust)
    for nth in range(rows):
        program_of(below if nth else trust, name=f"System {nth}")
    program_of(OrganisationFactory(), name="Theirs")
    client.get(LIST)

    with django_assert_num_queries(11):
        page = client.get(LIST).content.decode()

    assert page.count("data-program") == rows
    assert "Theirs" not in page


def test_revoked_and_stopped_are_told_apart_from_what_may_call(client, trust, administrator):
    stopped, _text = program_of(trust, name="Old system")
    stop_client(client=stopped, by=SYSTEM, now=timezone.now())
    silent, _text = program_of(trust, name="Silent system")
    revoke_secret(secret=silent.secrets.get(), by=SYSTEM, now=timezone.now())

    page = client.get(LIST).content.decode()

    assert page.count("Stopped") == 1
    assert page.count(">None<") == 1
    assert page.index("Silent system") < page.index("Old system")


SENT = {
    "program_narrow": {"scopes": ["people:read"]},
    "program_stop": {},
    "secret_add": {},
    "secret_revoke": {},
}


@pytest.mark.parametrize("page", SENT)
def test_programs_of_others_are_not_there(client, administrator, page):
    program, _text = program_of(OrganisationFactory())
    pk = program.secrets.get().pk if page == "secret_revoke" else program.pk
    events = Event.objects.count()

    answer = client.post(reverse(f"accounts:{page}", args=[pk]), SENT[page])

    assert answer.status_code == 404
    assert client.get(f"/programs/{program.pk}/").status_code == 404
    assert Event.objects.count() == events


@pytest.mark.parametrize("role", ["LEARNING_LEAD", "HR_ADMINISTRATOR", "AUDITOR"])
def test_other_roles_have_no_programs(client, trust, role):
    program, _text = program_of(trust)
    client.force_login(grant(PersonFactory(), role, trust))

    statuses = [
        client.get(address).status_code
        for address in (LIST, "/programs/open/", f"/programs/{program.pk}/")
    ]

    assert statuses == [403, 403, 404]
    assert LIST not in client.get("/accounts/sessions/").content.decode()


@pytest.mark.parametrize("page", SENT)
def test_changes_want_a_fresh_second_step(client, trust, page):
    program, _text = program_of(trust)
    pk = program.secrets.get().pk if page == "secret_revoke" else program.pk
    sign_in_half_way(client, grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", trust))

    answer = client.post(reverse(f"accounts:{page}", args=[pk]), SENT[page])

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("accounts:second_step"))
    assert ApiClientSecret.objects.live(at=timezone.now()).count() == 1
    assert program.client.get_scopes() == sorted(SCOPES)


def test_a_second_step_of_an_hour_ago_is_not_fresh(client, trust, administrator):
    program, _text = program_of(trust)
    session = client.session
    session["waymark_second_step"] |= {"at": timezone.now().timestamp() - 3600}
    session.save()

    seen = client.get(f"/programs/{program.pk}/")
    answer = client.post(f"/programs/{program.pk}/stop/")

    program.refresh_from_db()
    assert seen.status_code == 200
    assert answer.status_code == 302
    assert program.is_active


def test_a_live_secret_beside_an_ended_one_says_until_when(client, trust, administrator):
    program, _text = program_of(trust)
    add_secret(client=program, by=SYSTEM, now=timezone.now())
    first = program.secrets.earliest("pk")
    ApiClientSecret.objects.filter(pk=first.pk).update(
        created_at=timezone.now() - timedelta(days=30),
        expires_at=timezone.now() - timedelta(days=1),
    )

    page = client.get(f"/programs/{program.pk}/").content.decode()

    last = long_date(program.secrets.latest("pk").last_day)
    assert page.count(f"… until {last}") == 1
    assert page.count("… ended on") == 1
