"""The home page, one's notices, and the demonstration's mailbox."""

from typing import cast

from csp.decorators import csp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from common.navigation import page_of
from notifications.models import KeptMail
from notifications.selectors.needs import needs_of
from notifications.selectors.notices import in_words, notices_of
from notifications.services.notices import mark_all_read

NEWS_ON_HOME = 5


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    news = notices_of(request.user, on=today)[:NEWS_ON_HOME]
    context = {"needs": needs_of(request.user, on=today), "news": in_words(news), "today": today}
    return render(request, "notifications/home.html", context)


@require_safe
def notice_list(request: SignedInRequest) -> HttpResponse:
    page = page_of(request, notices_of(request.user, on=timezone.localdate()))
    context = {"page": page, "lines": in_words(page.object_list)}
    return render(request, "notifications/notice_list.html", context)


@require_POST
def notice_read_all(request: SignedInRequest) -> HttpResponse:
    mark_all_read(by=request.user, now=timezone.now())
    messages.success(request, _("All your news is marked as read."))
    return redirect("notifications:notice_list")


@require_safe
def mailbox(request: SignedInRequest) -> HttpResponse:
    mails = KeptMail.objects.visible_to(request.user, on=timezone.localdate())
    address = request.GET.get("to", "").strip().replace("\x00", "")
    if address:
        mails = mails.filter(to__icontains=address)
    page = page_of(request, mails.order_by("-kept_at", "-pk"))
    return render(request, "notifications/mailbox.html", {"page": page, "address": address})


@require_safe
def mail_show(request: SignedInRequest, pk: int) -> HttpResponse:
    mails = KeptMail.objects.visible_to(request.user, on=timezone.localdate())
    return render(
        request, "notifications/mail_show.html", {"mail": get_object_or_404(mails, pk=pk)}
    )


# A mail brings its own styles, so it gets a page on which nothing but styles may run.
@csp(  # type: ignore[arg-type] # its types know no views with arguments
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
@require_safe
def mail_page(request: HttpRequest, pk: int) -> HttpResponse:
    reader = cast(SignedInRequest, request).user  # what csp() types is any request
    mails = KeptMail.objects.visible_to(reader, on=timezone.localdate())
    return HttpResponse(get_object_or_404(mails.exclude(html=""), pk=pk).html)
