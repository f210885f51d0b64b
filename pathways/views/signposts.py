"""What would close a gap."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from pathways.selectors.gap_page import gap_page
from pathways.selectors.signposts import signposts_of


@require_safe
def signpost_mine(request: SignedInRequest) -> HttpResponse:
    return _signposts(request, request.user)


@require_safe
def signpost_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """What would close the gap of somebody whose record the reader may see."""
    people = Person.objects.visible_to(request.user, on=timezone.localdate())
    return _signposts(request, get_object_or_404(people, pk=pk))


def _signposts(request: SignedInRequest, person: Person) -> HttpResponse:
    today = timezone.localdate()
    page = gap_page(person=person, on=today)
    rows = (
        signposts_of(gap=page.gap, person=person, actor=request.user, on=today) if page.gap else ()
    )
    context = {
        "person": person,
        "page": page,
        "rows": rows,
        "is_mine": person == request.user,
    }
    return render(request, "pathways/signpost_list.html", context)
