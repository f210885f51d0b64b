"""Choosing one of the demonstration's people and signing in as them with one click."""

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.second_factor import DEMONSTRATION, mark_passed
from config.demo.client import kept
from config.demo.personas import BY_SLUG, PERSONAS, filled_personas, person_of


@require_safe
@login_not_required
def persona_list(request: HttpRequest) -> HttpResponse:
    _only_in_a_demonstration()
    filled = filled_personas()
    context = {
        "personas": [persona for persona in PERSONAS if persona.email in filled],
        "client": kept(),
        "site_url": settings.SITE_URL,
    }
    return render(request, "demo/persona_list.html", context)


@require_POST
@login_not_required
def persona_sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    _only_in_a_demonstration()
    persona = BY_SLUG.get(slug)
    person = person_of(persona) if persona else None
    if person is None:
        raise Http404
    auth.login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    # Invented people have no telephones: in a demonstration, and only there, the click is enough.
    mark_passed(request, person, how=DEMONSTRATION, now=timezone.now())
    return redirect(settings.LOGIN_REDIRECT_URL)


def _only_in_a_demonstration() -> None:
    """The addresses do not exist elsewhere; this is the second lock on the same door."""
    if not settings.DEMO:
        raise Http404
