"""The pages people open most, on the demonstration with 20,000 people, beside the base page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.authentication import SCOPES
from accounts.models import Organisation, Person
from accounts.services.clients import create_client
from appraisals.models import Appraisal
from benchmarks.row import Row
from benchmarks.timing import in_turns
from config.demo.personas import BY_SLUG, HOME, person_of
from tests.signing_in import sign_in

_HOST = "localhost"


def run() -> list[Row]:
    with _taken_back():
        return [_row(name, slug, path) for name, slug, path in _pages()] + [_api_row()]


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _pages() -> list[tuple[str, str, str]]:
    """What is measured, as whom, at which address."""
    amara = person_of(BY_SLUG["amara.okafor"])
    appraisal = Appraisal.objects.not_signed().get(subject=amara)
    write = reverse("appraisals:draft_write", args=[appraisal.pk])
    role = appraisal.role_profile_id
    search = reverse("talent:profile_list")
    return [
        ("Home of a line manager", "daniel.hughes", reverse("notifications:home")),
        ("My gap", "amara.okafor", reverse("pathways:gap_mine")),
        ("Course catalogue", "amara.okafor", reverse("courses:programme_list")),
        ("Appraisal form", "amara.okafor", write),
        ("Talent search, words and a role", "niamh.gallagher", f"{search}?words=ward&role={role}"),
    ]


def signed_in(slug: str) -> Client:
    person = person_of(BY_SLUG[slug])
    if person is None:
        raise RuntimeError(f"{slug} is not in this demonstration.")
    return browser_of(person)


def browser_of(person: Person) -> Client:
    client = Client(SERVER_NAME=_HOST)
    sign_in(client, person)
    return client


def _row(name: str, slug: str, path: str) -> Row:
    client = signed_in(slug)
    page, base = in_turns(partial(client.get, path), partial(client.get, "/base-page/"))
    return Row(name, f"{page:.1f} ms", f"{base:.1f} ms", page / base)


def _api_row() -> Row:
    client = signed_in("amara.okafor")
    ask = api_caller()
    path = reverse("v1:people")
    listed, base = in_turns(
        partial(ask, f"{path}?page_size=100"), partial(client.get, "/base-page/")
    )
    return Row("API list of 100 people", f"{listed:.1f} ms", f"{base:.1f} ms", listed / base)


def api_caller(organisation: Organisation | None = None) -> Callable[[str], HttpResponse]:
    """A function that gets an address of the API with a token from client credentials."""
    opened, secret = create_client(
        name="Figures",
        organisation=organisation or Organisation.objects.get(ods_code=HOME),
        scopes=SCOPES,
        by=SystemJob("benchmarks", organisation_ids=None),
        now=timezone.now(),
    )
    client = Client(SERVER_NAME=_HOST)
    body = {
        "grant_type": "client_credentials",
        "client_id": opened.client_id,
        "client_secret": secret,
    }
    token = client.post(reverse("idp:oidc:token"), body).json()["access_token"]
    return partial(client.get, headers={"Authorization": f"Bearer {token}"})
