"""The map of roles and the steps between them."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from common.forms import form_status
from pathways.drawings import map_graph, place_words
from pathways.forms.roles import RegionForm, RouteStartForm
from pathways.models import PathwayStep, RoleProfile
from pathways.selectors.pathway_map import PathwayMap, pathway_map, roles_of_map
from pathways.selectors.roles import current_role
from pathways.selectors.routes import Route, RouteStep, routes_between, steps_seen
from pathways.selectors.step_adds import StepAdds, step_adds


@require_safe
def map_show(request: SignedInRequest) -> HttpResponse:
    reader, today = request.user, timezone.localdate()
    roles = roles_of_map(person=reader, on=today)
    families = sorted({role.family for role in roles if role.family})
    form = RegionForm(request.GET or None, families=families, roles=roles)
    pathway = pathway_map(person=reader, on=today, region=form.region(), roles=roles)
    adds = step_adds(pathway.steps)
    context = {
        "form": form,
        "pathway": pathway,
        "chart": map_graph(pathway),
        "steps": [_row(pathway, step, adds[step.pk]) for step in pathway.steps],
    }
    return render(request, "pathways/map_show.html", context, status=form_status(form))


def _row(pathway: PathwayMap, step: PathwayStep, adds: StepAdds) -> dict[str, object]:
    return {
        "step": step,
        "adds": adds,
        "from_place": pathway.place_of(step.from_role),
        "to_place": pathway.place_of(step.to_role),
        "to_words": place_words(pathway, step.to_role),
        "is_on_route": pathway.is_on_route(step),
    }


@require_safe
def role_routes(request: SignedInRequest, pk: int) -> HttpResponse:
    """The ways to a role from one's own, or from another that is chosen."""
    reader, today = request.user, timezone.localdate()
    roles = RoleProfile.objects.visible_to(reader, on=today)
    target = get_object_or_404(roles, pk=pk)
    here = current_role(person_id=reader.pk, on=today)
    steps = steps_seen(actor=reader, on=today)
    given = {"start": here.pk} if here else {}
    form = RouteStartForm(request.GET or None, roles=_starts(steps, target), initial=given)
    start = form.roles[form.cleaned_data["start"]] if form.is_valid() else here
    routes = _routes(reader, start, target, steps)
    context = {
        "form": form,
        "role": target,
        "start": start,
        "is_mine": start is not None and start == here,
        "routes": _with_adds(routes),
    }
    return render(request, "pathways/role_routes.html", context, status=form_status(form))


def _with_adds(routes: Iterable[Route]) -> list[tuple[Route, list[tuple[RouteStep, StepAdds]]]]:
    adds = step_adds(one.step for route in routes for one in route.steps)
    return [(route, [(one, adds[one.step.pk]) for one in route.steps]) for route in routes]


def _starts(steps: Iterable[PathwayStep], target: RoleProfile) -> list[RoleProfile]:
    found = {step.from_role_id: step.from_role for step in steps}
    found.pop(target.pk, None)
    return sorted(found.values(), key=lambda role: (role.stage, role.title, role.pk))


def _routes(
    reader: Person, start: RoleProfile | None, target: RoleProfile, steps: list[PathwayStep]
) -> tuple[Route, ...]:
    if start is None or start == target:
        return ()
    return routes_between(
        person_id=reader.pk, start=start, target=target, steps=steps, on=timezone.localdate()
    )
