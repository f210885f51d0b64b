from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from common.forms import form_status
from pathways.drawings import gap_radar
from pathways.forms.gap import GapForm
from pathways.models import RoleProfile
from pathways.selectors.gap_page import gap_page
from pathways.selectors.qualifications import conditions_shown


@require_safe
def gap_mine(request: SignedInRequest) -> HttpResponse:
    return _gap_page(request, request.user, "pathways/gap_mine.html")


@require_safe
def gap_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """The gap of somebody whose record the reader may see."""
    people = Person.objects.visible_to(request.user, on=timezone.localdate())
    return _gap_page(request, get_object_or_404(people, pk=pk), "pathways/gap_show.html")


def _gap_page(request: SignedInRequest, person: Person, template: str) -> HttpResponse:
    today = timezone.localdate()
    roles = RoleProfile.objects.visible_to(request.user, on=today).filter(is_family=False)
    roles = roles.select_related("version__framework")
    form = GapForm(request.GET or None, roles=roles, today=today)
    page = gap_page(person=person, **form.wanted())
    context = {"form": form, "page": page, "person": person, "today": today}
    if page.gap is not None and page.role is not None:
        context |= {"gap": page.gap, "radar": gap_radar(page.gap)}
        context["conditions"] = conditions_shown(
            person=person, role=page.role, actor=request.user, day=page.on, on=today
        )
    return render(request, template, context, status=form_status(form))
