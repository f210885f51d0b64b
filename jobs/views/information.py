"""What is held about oneself, and asking for a copy of it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.retention_forms import CopyForForm
from accounts.second_factor import fresh_second_factor, proves_who_it_is
from accounts.selectors.pack import held_about
from accounts.selectors.retention import audited_by
from common.forms import form_status
from jobs.models import Job
from jobs.rights import PACK
from jobs.services.packs import ask_for_pack

_SHOWN = 5


@require_safe
def information_show(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    copies = Job.objects.visible_to(request.user, on=today).filter(kind=PACK)
    context = {
        "held": held_about(request.user),
        "copies": copies.select_related("document").order_by("-asked_at", "-pk")[:_SHOWN],
        "today": today,
    }
    return render(request, "accounts/rights/information.html", context)


@require_POST
def information_ask(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    proves_who_it_is(request, now=now)
    job = ask_for_pack(person=request.user, by=request.user, now=now)
    return redirect("jobs:job_show", public_id=job.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def information_ask_for(request: SignedInRequest) -> HttpResponse:
    """A data protection officer asks for somebody; the copy is made for that person alone."""
    audited = frozenset(
        audited_by(request.user, on=timezone.localdate()).values_list("pk", flat=True)
    )
    if not audited:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = CopyForForm(data, organisations=audited)
    if request.method == "POST" and form.is_valid() and form.person:
        ask_for_pack(person=form.person, by=request.user, now=timezone.now())
        messages.success(request, _("The copy is being made. The person is told when it is ready."))
        return redirect("jobs:information_ask_for")
    return render(
        request, "accounts/rights/copy_for.html", {"form": form}, status=form_status(form)
    )
