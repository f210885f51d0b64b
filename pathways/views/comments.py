"""What is said about an edition and its parts."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import Person
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.reviewing import CommentForm
from pathways.models import Comment, Competency, Domain, FrameworkVersion
from pathways.selectors.authoring import competencies_written, domains_written
from pathways.selectors.comments import comments_seen, threads
from pathways.services.commenting import comment_on, reply_to, settle
from pathways.views.asked import key_asked
from pathways.views.authoring import edition_written


@require_http_methods(["GET", "HEAD", "POST"])
def comment_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """The comments on an edition; ``?domain=`` or ``?competency=`` narrows them to a part."""
    reader = request.user
    version = edition_written(reader, pk)
    about = _part_asked_for(request, version)
    form = CommentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        comment_on(version=version, about=about, text=text, by=reader, now=timezone.now())
        return redirect("pathways:comment_list", pk=pk)
    rows = comments_seen(reader, on=timezone.localdate()).filter(version=version)
    if isinstance(about, Domain):
        rows = rows.filter(domain=about)
    elif about is not None:
        rows = rows.filter(competency=about)
    context = {
        "form": form,
        "version": version,
        "about": about,
        "page": page_of(request, threads(rows)),
    }
    return render(request, "pathways/comment_list.html", context, status=form_status(form))


def _part_asked_for(
    request: SignedInRequest, version: FrameworkVersion
) -> Domain | Competency | None:
    today = timezone.localdate()
    if (asked := key_asked(request, "domain")) is not None:
        domains = domains_written(request.user, on=today).filter(version=version)
        return get_object_or_404(domains, pk=asked)
    if (asked := key_asked(request, "competency")) is not None:
        competencies = competencies_written(request.user, on=today).filter(version=version)
        return get_object_or_404(competencies, pk=asked)
    return None


def _comment_seen(reader: Person, pk: int) -> Comment:
    return get_object_or_404(comments_seen(reader, on=timezone.localdate()), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_reply(request: SignedInRequest, pk: int) -> HttpResponse:
    comment = _comment_seen(request.user, pk)
    form = CommentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        reply_to(comment=comment, text=text, by=request.user, now=timezone.now())
        return redirect("pathways:comment_list", pk=comment.version_id)
    context = {"form": form, "comment": comment}
    return render(request, "pathways/comment_reply.html", context, status=form_status(form))


@require_POST
def comment_settle(request: SignedInRequest, pk: int) -> HttpResponse:
    comment = _comment_seen(request.user, pk)
    settle(comment=comment, by=request.user, now=timezone.now())
    return redirect("pathways:comment_list", pk=comment.version_id)
