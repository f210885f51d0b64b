"""What is held about oneself, and asking for a copy of it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.selectors.pack import held_about
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
    job = ask_for_pack(person=request.user, by=request.user, now=timezone.now())
    return redirect("jobs:job_show", public_id=job.public_id)
