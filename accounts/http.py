"""Request types for code that runs behind the sign-in wall."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from accounts.actors import ApiClientPrincipal
from accounts.models import Person


class SignedInRequest(HttpRequest):
    user: Person
    htmx: HtmxDetails


class SignedInApiRequest(Request):
    """The caller of an endpoint: an API client, or a person with a session."""

    user: Person | ApiClientPrincipal  # type: ignore[assignment] # what our authentication gives
