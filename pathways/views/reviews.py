"""Reviews of a draft, publishing it, and retiring an edition."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import Conflict, DomainError
from common.forms import form_status
from pathways.forms.reviewing import PublishForm, RetireForm, ReviewAnswerForm, ReviewAskForm
from pathways.models import FrameworkVersion, Review, ReviewOutcome, VersionState
from pathways.selectors.affected import is_asked_for, roles_told_of
from pathways.selectors.collaborators import reviewers_of
from pathways.selectors.reviews import (
    counts,
    editions_before,
    editions_that_go_on,
    hurdles,
    replacements_of,
    reviews_seen,
)
from pathways.services.publishing import publish_edition, retire_edition
from pathways.services.reviewing import answer_review, ask_for_review, take_back
from pathways.views.authoring import edition_written
from pathways.views.drafting import (
    FormPage,
    answer,
    as_it_is_now,
    refuse_unless_author,
    refuse_unless_writable,
)


@require_http_methods(["GET", "HEAD", "POST"])
def review_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    author, today = request.user, timezone.localdate()
    version = edition_written(author, pk)
    refuse_unless_writable(author, version)
    able = reviewers_of(version.framework, besides=author, on=today)
    sent = request.POST if request.method == "POST" else None
    form = ReviewAskForm(sent, reviewers=able, version=version)
    page = FormPage(
        title=_("Ask for a review"),
        back=reverse("pathways:review_list", args=[pk]),
        form=form,
        again=lambda: ReviewAskForm(reviewers=able, version=as_it_is_now(version)),
        submit=_("Ask"),
        template="pathways/review_ask.html",
    )

    def save() -> None:
        ask_for_review(
            version=version,
            reviewers=list(form.cleaned_data["reviewers"]),
            message=form.cleaned_data["message"],
            revision=form.cleaned_data["revision"],
            by=author,
            now=timezone.now(),
        )

    return answer(request, page, save)


@require_http_methods(["GET", "HEAD"])
def review_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """What reviewers said of an edition, and what is left to do before it can be published."""
    version = edition_written(request.user, pk)
    reviews = reviews_seen(request.user, on=timezone.localdate()).filter(version=version)
    is_draft = version.state in (VersionState.DRAFT, VersionState.IN_REVIEW)
    context = {
        "version": version,
        "rows": [(review, counts(review, version=version)) for review in reviews],
        "hurdles": hurdles(version) if is_draft else [],
        "is_draft": is_draft,
    }
    return render(request, "pathways/review_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review_show(request: SignedInRequest, pk: int) -> HttpResponse:
    reader = request.user
    review = get_object_or_404(reviews_seen(reader, on=timezone.localdate()), pk=pk)
    form = ReviewAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _answer(form, review, by=reader):
        return redirect("pathways:review_list", pk=review.version_id)
    context = {
        "form": form,
        "review": review,
        "version": review.version,
        "may_answer": review.reviewer_id == reader.pk and review.outcome == ReviewOutcome.ASKED,
    }
    return render(request, "pathways/review_show.html", context, status=form_status(form))


def _answer(form: ReviewAnswerForm, review: Review, *, by: Person) -> bool:
    try:
        answer_review(review=review, **form.cleaned_data, by=by, now=timezone.now())
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


@require_POST
def review_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    version = edition_written(request.user, pk)
    take_back(version=version, by=request.user, now=timezone.now())
    messages.success(request, _("The draft can be changed again."))
    return redirect("pathways:authoring_show", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def framework_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    author = request.user
    version = edition_written(author, pk)
    refuse_unless_author(author, version.framework)
    before = list(editions_before(version))
    sent = request.POST if request.method == "POST" else None
    form = PublishForm(sent, version=version, before=before)
    page = FormPage(
        title=_("Publish this edition"),
        back=reverse("pathways:authoring_show", args=[pk]),
        form=form,
        again=lambda: PublishForm(version=as_it_is_now(version), before=before),
        submit=_("Publish"),
        template="pathways/framework_publish.html",
        context={"before": before, "hurdles": _hurdles(version)},
    )

    def save() -> None:
        publish_edition(
            version=version,
            valid_from=form.cleaned_data["valid_from"],
            ends_before=form.cleaned_data.get("ends_before", False),
            revision=form.cleaned_data["revision"],
            by=author,
            now=timezone.now(),
        )

    return answer(request, page, save)


def _hurdles(version: FrameworkVersion) -> list[str]:
    if version.state not in (VersionState.DRAFT, VersionState.IN_REVIEW):
        raise Conflict(_("This edition is published already."), code="stale_state")
    return [hurdle.sentence for hurdle in hurdles(version)]


@require_http_methods(["GET", "HEAD", "POST"])
def framework_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    version = edition_written(request.user, pk)
    refuse_unless_author(request.user, version.framework)
    if version.state != VersionState.PUBLISHED:
        raise Conflict(_("Only an edition in use can be retired."), code="stale_state")
    sent = request.POST if request.method == "POST" else None
    today = timezone.localdate()
    form = RetireForm(sent, editions=replacements_of(version, on=today))
    if request.method == "POST" and form.is_valid() and _retire(form, version, by=request.user):
        messages.success(request, _("It is retired. Those measured by it are being told."))
        return redirect("pathways:authoring_show", pk=pk)
    context = {
        "form": form,
        "version": version,
        "is_asked_for": is_asked_for(version),
        "roles": roles_told_of(version, request.user, on=today),
        "going_on": editions_that_go_on(version, on=today),
    }
    return render(request, "pathways/framework_retire.html", context, status=form_status(form))


def _retire(form: RetireForm, version: FrameworkVersion, *, by: Person) -> bool:
    try:
        retire_edition(version=version, **form.cleaned_data, by=by, now=timezone.now())
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
