from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from pathways.drawings import gap_radar, map_graph
from pathways.selectors.gap import gap_analysis
from pathways.selectors.pathway_map import pathway_map
from pathways.selectors.roles import aspired_role, current_role


@require_safe
def gap_mine(request: SignedInRequest) -> HttpResponse:
    return render(request, "pathways/gap_mine.html", _gap_context(request.user))


@require_safe
def gap_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """The gap of somebody whose record the reader may see."""
    people = Person.objects.visible_to(request.user, on=timezone.localdate())
    person = get_object_or_404(people, pk=pk)
    return render(request, "pathways/gap_show.html", _gap_context(person))


def _gap_context(person: Person) -> dict[str, Any]:
    today = timezone.localdate()
    current = current_role(person_id=person.pk, on=today)
    aspired = aspired_role(person_id=person.pk, on=today)
    role = aspired or current
    context: dict[str, Any] = {"person": person, "current": current, "aspired": aspired}
    if role is not None:
        gap = gap_analysis(person_id=person.pk, role_profile=role, on=today)
        context |= {"role": role, "gap": gap, "radar": gap_radar(gap)}
    return context


@require_safe
def map_show(request: SignedInRequest) -> HttpResponse:
    pathway = pathway_map(person=request.user, on=timezone.localdate())
    context = {
        "chart": map_graph(pathway),
        "steps": [
            (step, pathway.place_of(step.from_role), pathway.place_of(step.to_role))
            for step in pathway.steps
        ],
    }
    return render(request, "pathways/map_show.html", context)
