"""Programmes of which one wants to be told when there is another session."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.navigation import page_of
from courses.forms.interests import InterestForm
from courses.models import Programme
from courses.selectors.interests import interests_of
from courses.services.interests import start_telling, stop_telling


@require_http_methods(["GET", "HEAD", "POST"])
def interest_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    if request.method == "POST":
        return _change(request)
    page = page_of(request, interests_of(request.user, on=today))
    return render(request, "courses/interest_list.html", {"page": page})


def _change(request: SignedInRequest) -> HttpResponse:
    seen = Programme.objects.visible_to(request.user, on=timezone.localdate())
    form = InterestForm(request.POST, programmes=seen)
    if not form.is_valid():
        raise Http404
    programme, now = form.cleaned_data["programme"], timezone.now()
    if form.cleaned_data["step"] == "START":
        start_telling(programme=programme, by=request.user, now=now)
        messages.success(request, _("You are told when there is another session."))
        return redirect("courses:programme_show", programme.pk)
    stop_telling(programme=programme, by=request.user, now=now)
    messages.success(request, _("You are told no longer about sessions of this course."))
    return redirect("courses:interest_list")
