"""How tests sign somebody in: past both steps, or half way."""

from typing import Any

from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from accounts.second_factor import mark_passed

_with_password_only = Client.force_login


def sign_in(client: Client, person: Person, backend: str | None = None) -> None:
    """Sign ``person`` in as if the password and the second step had just been passed."""
    _with_password_only(client, person, backend)
    request: Any = HttpRequest()
    request.session = client.session
    mark_passed(request, person, how="totp", now=timezone.now())
    request.session.save()


def sign_in_half_way(client: Client, person: Person) -> Client:
    """Sign ``person`` in with the password alone; returns the client."""
    _with_password_only(client, person)
    return client
