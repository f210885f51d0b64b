"""Samples of the endpoints that write role profiles: what an organisation owns, and another's."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from pathways.models import RoleProfile
from tests.api.sample import House, Sample
from tests.factories.pathways import PathwayStepFactory, RoleProfileFactory

Sampled = Callable[[House, House], Sample]
_PARTICULARS = {
    "title": "Matron",
    "summary": "Leads the wards of a division.",
    "family": "Nursing",
    "stage": 4,
    "band": "8a",
    "top_band": "8b",
    "staff_groups": ["08"],
}
_CONDITION = {
    "kind": "EXPERIENCE",
    "title": "Leading a ward",
    "awarding_body": "",
    "level": None,
    "months": 24,
    "staff_group": "08",
    "in_management": True,
}
_INNER = {
    "operator": "ALL",
    "background": "CLINICAL",
    "is_essential": True,
    "conditions": [_CONDITION],
}
_STEP = {"kind": "SECONDMENT", "usual_months": None, "adds": "A budget", "note": "A mentor"}


def _draft(house: House) -> RoleProfile:
    """A draft that asks for the one level of the house's framework."""
    used = RoleProfile.objects.get(pk=house.rows["role_profile_show"])
    draft = RoleProfileFactory(owner=used.owner, version=used.version, is_published=False)
    draft.requirements.create(competency_id=house.rows["competency"], rank=2)
    return draft


def _in_use(house: House) -> RoleProfile:
    """A role that nobody follows."""
    used = RoleProfile.objects.get(pk=house.rows["role_profile_show"])
    return RoleProfileFactory(owner=used.owner, version=used.version)


def _step(house: House) -> Model:
    return PathwayStepFactory(from_role=_in_use(house), to_role=_in_use(house))


def _of(made: Callable[[House], Model], body: dict[str, Any] | None = None) -> Sampled:
    return lambda ours, theirs: Sample(made(ours).pk, made(theirs).pk, body)


def _levels(ours: House, theirs: House) -> Sample:
    """A null takes a level away."""
    row = {"competency_id": ours.rows["competency"], "rank": None, "is_essential": False}
    return Sample(_draft(ours).pk, _draft(theirs).pk, {"levels": [row]})


def _succeed(ours: House, theirs: House) -> Sample:
    role = _in_use(ours)
    return Sample(role.pk, _in_use(theirs).pk, {"framework": role.version_id})


def _join(ours: House, theirs: House) -> Sample:
    body = {**_STEP, "to_role": _in_use(ours).pk}
    return Sample(_draft(ours).pk, _draft(theirs).pk, body)


def _new(ours: House, theirs: House) -> Sample:
    body = {
        **_PARTICULARS,
        "code": "matron-of-ours",
        "organisation_id": ours.organisation.pk,
        "framework": ours.rows["framework_show"],
        "is_family": False,
    }
    hidden = {
        "organisation_id": theirs.organisation.pk,
        "framework": theirs.rows["framework_show"],
    }
    return Sample(body=body, names=hidden)


ROLE_SAMPLES: dict[str, Sampled] = {
    "post role_profile_list": _new,
    "get written_role_list": lambda ours, theirs: Sample(),
    "get written_role_show": _of(_draft),
    "patch written_role_show": _of(_draft, _PARTICULARS),
    "post role_levels": _levels,
    "post role_conditions": _of(
        _draft, {"groups": [{**_INNER, "operator": "ANY", "groups": [_INNER]}]}
    ),
    "post role_family": _of(_draft, {"family": None}),
    "post step_add": _join,
    "post role_publish": _of(_draft),
    "post role_succeed": _succeed,
    "post role_withdraw": _of(_in_use, {"replacement": None}),
    "post role_discard": _of(_draft),
    "get pathway_step_show": _of(_step),
    "patch pathway_step_show": _of(_step, _STEP),
    "post step_remove": _of(_step),
}
