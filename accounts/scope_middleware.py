"""Every request is one transaction, in the scope of whoever asks."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Person
from accounts.scope import enter, opened

# A form drawn again with its mistakes may have kept a draft; any other refusal changes nothing.
_KEEPS_WHAT_WAS_WRITTEN = 422


class ScopeMiddleware:
    """Opens the database for the signed-in person; for anybody else nothing can be seen.

    An API client is known only once its token has been read, and opens its own scope then. Pages
    are drawn inside; the session is saved outside, so a refusal takes nothing back from it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = request.user if request.user.is_authenticated else None
        request.has_scope = True  # type: ignore[attr-defined]
        with opened(actor, on=timezone.localdate()):
            response = self.get_response(request)
            if response.status_code >= 400 and response.status_code != _KEEPS_WHAT_WAS_WRITTEN:
                transaction.set_rollback(True)
        return response


@receiver(user_logged_in)
def open_for_who_signs_in(
    sender: type[Person], request: HttpRequest, user: Person, **arguments: Any
) -> None:
    """From here on the request is somebody's; what else is noted of a sign-in comes after this."""
    if hasattr(request, "has_scope"):
        # By an object of its own: what a caller's object remembers of the day stays as it is.
        enter(Person(pk=user.pk, is_active=user.is_active), on=timezone.localdate())
