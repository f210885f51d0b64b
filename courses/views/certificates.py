"""Certificates: one's own, those of the people one looks after, and what can be had of them."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.selectors.relations import roles_at
from accounts.views.ledger import timeline
from accounts.visibility import standing
from common.navigation import page_of
from courses.models import Certificate, CertificateQuerySet
from courses.policies.certificates import may_end
from courses.selectors.certificate_view import certificate_view
from courses.selectors.certificates import (
    ISSUES,
    certificates_of,
    certificates_of_person,
    credential_of,
)
from courses.services.certificate_documents import ask_for_pdf
from courses.services.open_badges import badge_png, badge_svg
from jobs.models import Document

_TYPES = {"jwt": "application/vc+jwt", "svg": "image/svg+xml", "png": "image/png"}


@require_safe
def certificate_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    page = page_of(request, certificates_of(request.user, on=today))
    place = standing(request.user, on=today)
    context = {
        "page": page,
        "today": today,
        "person": request.user,
        "is_mine": True,
        "issues": place.holds(*ISSUES),
        "keeps_keys": place.holds("ORGANISATION_ADMINISTRATOR"),
    }
    return render(request, "courses/certificate_list.html", context)


@require_safe
def certificate_list_of_person(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    person = get_object_or_404(Person.objects.visible_to(request.user, on=today), pk=pk)
    rows = certificates_of_person(person, actor=request.user, on=today)
    context = {"page": page_of(request, rows), "today": today, "person": person}
    return render(request, "courses/certificate_list.html", context)


@require_safe
def certificate_show(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    today = timezone.localdate()
    certificate = _seen(request, public_id)
    is_mine = certificate.person_id == request.user.pk
    at_issuer = roles_at(request.user, certificate.issuer_id, on=today)
    may_change = may_end(at_issuer, certificate=certificate, is_ones_own=is_mine)
    context = {
        "certificate": certificate,
        "view": certificate_view(certificate),
        "is_mine": is_mine,
        "has_expired": certificate.has_expired(on=today),
        "may_change": may_change and certificate.state == "ISSUED",
    }
    return render(request, "courses/certificate_show.html", context)


@require_safe
def certificate_timeline(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    certificate = _seen(request, public_id)
    back = reverse("courses:certificate_show", args=[public_id])
    return timeline(request, certificate, title=certificate.title, back=(back, _("Certificate")))


@require_POST
def certificate_pdf(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    certificate = _seen(request, public_id)
    made = ask_for_pdf(
        certificate=certificate, owner=request.user, by=request.user, now=timezone.now()
    )
    if isinstance(made, Document):
        return redirect("jobs:document_download", made.public_id)
    return redirect("jobs:job_show", made.public_id)


@require_safe
def certificate_file(request: SignedInRequest, public_id: UUID, kind: str) -> HttpResponse:
    """The credential itself, or in a badge: the person's own to hand on, and nobody else's."""
    certificate = get_object_or_404(_rows(request).filter(person=request.user), public_id=public_id)
    credential = credential_of(certificate)
    if kind not in _TYPES or credential is None:
        raise Http404
    content = credential.signed.encode()
    if kind != "jwt":
        baked = badge_svg if kind == "svg" else badge_png
        content = baked(certificate, credential.signed)
    name = f"{slugify(certificate.title)[:60] or 'badge'}-{certificate.serial.lower()}.{kind}"
    return HttpResponse(
        content,
        content_type=_TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _rows(request: SignedInRequest) -> CertificateQuerySet:
    return Certificate.objects.visible_to(request.user, on=timezone.localdate())


def _seen(request: SignedInRequest, public_id: UUID) -> Certificate:
    rows = _rows(request).select_related("person", "issuer", "replaces", "replaced_by")
    return get_object_or_404(rows, public_id=public_id)
