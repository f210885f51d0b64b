"""The gap as a radar and the pathway map as boxes and arrows, from what the selectors read.

The pages put a table of the same object beside each drawing.
"""

from collections.abc import Iterable
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.charts import Graph, Node, Radar, graph, radar
from pathways.models import RoleProfile
from pathways.selectors.distances import Distance
from pathways.selectors.gap import Gap
from pathways.selectors.pathway_map import PathwayMap, Place

MOST_IN_A_ROW = 14


def gap_radar(gap: Gap) -> Radar | None:
    """Draw the means per domain, or nothing when fewer than three domains have a level shown.

    A domain in which nothing was shown has no place on the drawing: at the centre it would read
    as nought, which nobody said.
    """
    domains = [domain for domain in gap.domains() if domain.held is not None]
    if len(domains) < 3:
        return None
    # Titles are too long for the rim; the table beside the drawing says what the codes stand for.
    axes = [domain.code for domain in domains]
    required = [domain.required for domain in domains]
    held = [domain.held or 0.0 for domain in domains]
    rim = max(gap.top_rank, *required, *held)
    return radar(
        axes, {_("Level the role asks for"): required, _("Level shown"): held}, maximum=rim
    )


def map_graph(pathway: PathwayMap) -> Graph:
    """Draw every role that a step leads from or to; ``roles_apart`` are listed beside it."""
    joined = {step.from_role_id for step in pathway.steps}
    joined |= {step.to_role_id for step in pathway.steps}
    drawn = [role for role in pathway.roles if role.pk in joined]
    rows = _rows(drawn)
    nodes = [
        Node(
            key=str(role.pk),
            label=role.title,
            row=rows[role.pk],
            href=reverse("pathways:role_show", args=[role.pk]),
            kind=pathway.place_of(role),
            note=place_words(pathway, role),
        )
        for role in drawn
    ]
    edges = [(str(step.from_role_id), str(step.to_role_id)) for step in pathway.steps]
    kinds = {
        (str(step.from_role_id), str(step.to_role_id)): "route"
        for step in pathway.steps
        if pathway.is_on_route(step)
    }
    return graph(nodes, edges, kinds=kinds)


def _rows(roles: Iterable[RoleProfile]) -> dict[int, int]:
    """A row for each stage, and further ones where a stage has more roles than can be read beside
    each other; those of one family stay together."""
    rows = {}
    for stage, inside in groupby(roles, key=lambda role: role.stage):
        for place, role in enumerate(sorted(inside, key=lambda role: (role.family, role.title))):
            rows[role.pk] = stage * 1000 + place // MOST_IN_A_ROW
    return rows


def place_words(pathway: PathwayMap, role: RoleProfile) -> str:
    """What the role is to the reader, as colour alone says nothing, and how far away it is."""
    place = pathway.place_of(role)
    words = {
        Place.HERE: _("Your role"),
        Place.GOAL: _("Your goal"),
        Place.NEXT: _("Next step"),
        Place.ROUTE: _("On your route"),
    }
    if place not in words:
        return ""
    away = _distance_words(pathway.distances.get(role.pk))
    return f"{words[place]}: {away}" if away else words[place]


def _distance_words(distance: Distance | None) -> str:
    if distance is None or not distance.total:
        return ""
    if distance.is_closed:
        return _("ready")
    if distance.missing:
        return ngettext("%(count)d level", "%(count)d levels", distance.missing) % {
            "count": distance.missing
        }
    return ngettext("%(count)d to show", "%(count)d to show", distance.not_shown) % {
        "count": distance.not_shown
    }
