"""Pages of those who issue certificates, and of those who keep the keys."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.second_factor import fresh_second_factor
from accounts.visibility import standing
from common.errors import Conflict, Forbidden
from common.forms import form_status
from common.navigation import page_of
from courses.forms.certificates import IssueForm, ReissueForm, RevokeForm
from courses.models import Award, Certificate, RevocationReason
from courses.selectors.certificate_words import given_by_us
from courses.selectors.certificates import (
    ISSUES,
    issued_certificates,
    issuing_organisations,
)
from courses.selectors.issuers import issuers_kept_by, keys_kept_by
from courses.services.certificate_ends import refuse_unless_may_end, reissue, revoke
from courses.services.certificates import issue_by_name
from courses.services.issuers import change_key, give_key_up


@require_safe
def certificates_issued(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    _refuse_unless_issues(request)
    words = request.GET.get("words", "")[:100]
    page = page_of(request, issued_certificates(request.user, on=today, words=words))
    context = {"page": page, "today": today, "words": words}
    return render(request, "courses/certificates_issued.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_issue(request: SignedInRequest) -> HttpResponse:
    _refuse_unless_issues(request)
    today, now = timezone.localdate(), timezone.now()
    form = IssueForm(
        request.POST or None,
        people=Person.objects.visible_to(request.user, on=today),
        organisations=issuing_organisations(request.user, on=today),
        awards=Award.objects.visible_to(request.user, on=today)
        .listed()
        .filter(given_by_us())
        .order_by("title"),
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        try:
            certificate = issue_by_name(
                person=form.cleaned_data["email"],
                grant=form.grant(),
                organisation=form.cleaned_data["organisation"],
                by=request.user,
                now=now,
            )
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The certificate is issued. The person is told."))
            return redirect("courses:certificate_show", certificate.public_id)
    return render(
        request, "courses/certificate_issue.html", {"form": form}, status=form_status(form)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def certificate_revoke(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    certificate = _ended_by(request, public_id)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        revoke(
            certificate=certificate,
            reason=RevocationReason(form.cleaned_data["reason"]),
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The certificate is revoked. The person is told."))
        return redirect("courses:certificate_show", certificate.public_id)
    context = {"form": form, "certificate": certificate}
    return render(request, "courses/certificate_revoke.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def certificate_reissue(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    certificate = _ended_by(request, public_id)
    form = ReissueForm(request.POST or None, certificate=certificate, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            newer = reissue(
                certificate=certificate,
                correction=form.correction(),
                by=request.user,
                now=timezone.now(),
            )
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(
                request, _("The new certificate is issued. The former one no longer counts.")
            )
            return redirect("courses:certificate_show", newer.public_id)
    context = {"form": form, "certificate": certificate}
    return render(request, "courses/certificate_reissue.html", context, status=form_status(form))


@require_safe
def issuer_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    if not standing(request.user, on=today).holds("ORGANISATION_ADMINISTRATOR"):
        raise Forbidden(
            _("Only administrators of an organisation see its keys."), code="may_not_keep_keys"
        )
    page = page_of(request, issuers_kept_by(request.user, on=today))
    return render(request, "courses/issuer_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def key_end(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """Change the key in use, or give one up that somebody else may have had."""
    if step not in {"change", "give-up"}:
        raise Http404
    now = timezone.now()
    keys = keys_kept_by(request.user, on=timezone.localdate())
    key = get_object_or_404(keys, pk=pk)
    if request.method == "POST":
        if step == "change":
            change_key(issuer=key.issuer, by=request.user, now=now)
            messages.success(request, _("New certificates are signed with a new key."))
        else:
            give_key_up(key=key, by=request.user, now=now)
            messages.success(
                request, _("The key is given up. Its certificates are being signed again.")
            )
        return redirect("courses:issuer_list")
    return render(request, "courses/key_end.html", {"key": key, "step": step})


def _ended_by(request: SignedInRequest, public_id: UUID) -> Certificate:
    """A certificate that the reader sees (404 otherwise) and may end (403 otherwise)."""
    rows = Certificate.objects.visible_to(request.user, on=timezone.localdate())
    certificate = get_object_or_404(rows.select_related("person", "issuer"), public_id=public_id)
    refuse_unless_may_end(certificate, by=request.user, now=timezone.now())
    return certificate


def _refuse_unless_issues(request: SignedInRequest) -> None:
    if not standing(request.user, on=timezone.localdate()).holds(*ISSUES):
        raise Forbidden(
            _("Only learning leads and programme leads issue certificates."),
            code="may_not_issue",
        )
