"""Signing in with the account of one's organisation, and saying which account that is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import second_factor
from accounts.http import SignedInRequest
from accounts.limits import limit_for, take
from accounts.models import OrganisationSignIn, Person, StaffIdentity
from accounts.open_id import LINK, SIGN_IN, Arrival, arrival, way_there
from accounts.second_factor import ORGANISATION, fresh_second_factor
from accounts.selectors.staff_identities import identities_of, offered_to, person_behind
from accounts.services.staff_identities import link_identity, unlink_identity
from accounts.throttling import TOO_MANY, address_of
from common.errors import DomainError, Forbidden
from common.http.redirects import safe_next, safe_redirect_target

View = Callable[..., HttpResponse]


def _open_to_all(view: View) -> View:
    """For whoever is not signed in yet: counted by address, and refused on a page that leads back
    to signing in."""

    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        verdict = take(limit_for("sign-in"), key=address_of(request))
        if not verdict.is_allowed:
            return _refusal(request, str(TOO_MANY), status=429, headers=verdict.headers())
        try:
            return view(request, **arguments)
        except DomainError as refused:
            return _refusal(request, refused.message, status=refused.status)

    return login_not_required(guarded)


@require_safe
@_open_to_all
def organisation_choose(request: HttpRequest) -> HttpResponse:
    offered = OrganisationSignIn.objects.visible_to(None, on=timezone.localdate())
    return render(
        request,
        "accounts/organisation_choose.html",
        {
            "offered": offered.select_related("organisation").order_by("organisation__name"),
            "query": _next_query(request),
        },
    )


@require_safe
@_open_to_all
def organisation_show(request: HttpRequest, ods_code: str) -> HttpResponse:
    sign_in = _offered(ods_code)
    context = {"organisation": sign_in.organisation, "query": _next_query(request)}
    return render(request, "accounts/organisation_show.html", context)


@require_safe
@_open_to_all
def organisation_go(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A link and not a form: the site lets no form lead elsewhere, and this changes nothing."""
    return _to_provider(request, _offered(ods_code), purpose=SIGN_IN, next_page=safe_next(request))


@require_safe
@_open_to_all
def organisation_done(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Where the provider sends people back to."""
    sign_in = _offered(ods_code)
    came = arrival(request, sign_in, now=timezone.now())
    if came.purpose == LINK:
        return _linked(request, sign_in, came)
    person = person_behind(sign_in, came.object_id)
    if person is None:
        raise Forbidden(
            _(
                "Your account at %(organisation)s is not linked to anybody here. Sign in another "
                "way and link it, or ask whoever runs Waymark for you."
            )
            % {"organisation": sign_in.organisation},
            code="identity_unknown",
        )
    return _signed_in(request, sign_in, person, next_page=came.next_page)


@require_safe
def identity_list(request: SignedInRequest) -> HttpResponse:
    context = {
        "identities": identities_of(request.user),
        "offered": offered_to(request.user, on=timezone.localdate()),
    }
    return render(request, "accounts/identity_list.html", context)


@require_safe
@fresh_second_factor
def identity_link(request: SignedInRequest, ods_code: str) -> HttpResponse:
    """To the provider and back: whoever returns is linked to whoever went."""
    sign_in = get_object_or_404(
        offered_to(request.user, on=timezone.localdate()), organisation__ods_code=ods_code
    )
    back = reverse("accounts:identity_list")
    return _to_provider(request, sign_in, purpose=LINK, next_page=back)


@require_POST
@fresh_second_factor
def identity_unlink(request: SignedInRequest, pk: int) -> HttpResponse:
    identity = get_object_or_404(
        StaffIdentity.objects.visible_to(request.user, on=timezone.localdate()), pk=pk
    )
    unlink_identity(identity=identity, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("The account at %(organisation)s is unlinked.") % {"organisation": identity.organisation},
    )
    return redirect("accounts:identity_list")


def _offered(ods_code: str) -> OrganisationSignIn:
    offered = OrganisationSignIn.objects.visible_to(None, on=timezone.localdate())
    return get_object_or_404(
        offered.select_related("organisation"), organisation__ods_code=ods_code
    )


def _to_provider(
    request: HttpRequest, sign_in: OrganisationSignIn, *, purpose: str, next_page: str
) -> HttpResponse:
    done = reverse("accounts:organisation_done", args=[sign_in.organisation.ods_code])
    address = way_there(
        request,
        sign_in,
        purpose=purpose,
        next_page=next_page,
        now=timezone.now(),
        callback=request.build_absolute_uri(done),
    )
    return redirect(address)


def _signed_in(
    request: HttpRequest, sign_in: OrganisationSignIn, person: Person, *, next_page: str
) -> HttpResponse:
    """The library signs in, and asks for our second step unless the organisation's counts."""
    if request.user.is_authenticated:
        get_adapter().logout(request)
    counts = sign_in.its_second_factor_counts
    request.second_step_passed_there = counts  # type: ignore[attr-defined] # read by our adapter
    target = safe_redirect_target(request, next_page)
    response: HttpResponse = perform_login(request, person, redirect_url=target)
    if counts and request.user == person:
        second_factor.mark_passed(request, person, how=ORGANISATION, now=timezone.now())
    return response


def _linked(request: HttpRequest, sign_in: OrganisationSignIn, came: Arrival) -> HttpResponse:
    """Only for the person who went there, still signed in, the second step still fresh."""
    now = timezone.now()
    is_same = isinstance(request.user, Person) and request.user.pk == came.person_id
    if not is_same or not second_factor.has_fresh_second_factor(request, now=now):
        raise Forbidden(
            _("You are not signed in any more as when you began. Sign in and start again."),
            code="link_stale",
        )
    person = request.user
    link_identity(
        person=person,  # type: ignore[arg-type] # is_same says so
        offered=sign_in,
        object_id=came.object_id,
        by=person,  # type: ignore[arg-type]
        now=now,
    )
    messages.success(
        request,
        _("You can sign in with your account at %(organisation)s.")
        % {"organisation": sign_in.organisation},
    )
    return redirect(came.next_page)


def _refusal(
    request: HttpRequest, message: str, *, status: int, headers: dict[str, str] | None = None
) -> HttpResponse:
    response = render(
        request, "accounts/organisation_refused.html", {"message": message}, status=status
    )
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def _next_query(request: HttpRequest) -> str:
    wanted = safe_next(request, otherwise="")
    return f"?{urlencode({'next': wanted})}" if wanted else ""
