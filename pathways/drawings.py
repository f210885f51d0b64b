"""The gap as a radar and the pathway map as boxes and arrows, from what the selectors read.

The pages put a table of the same object beside each drawing.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from common.charts import Graph, Node, Radar, graph, radar
from pathways.models import RoleProfile
from pathways.selectors.gap import Gap
from pathways.selectors.pathway_map import PathwayMap, Place


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
    """Draw every role that a step leads from or to; a role without steps is only in the table."""
    joined = {step.from_role_id for step in pathway.steps}
    joined |= {step.to_role_id for step in pathway.steps}
    nodes = [
        Node(
            key=str(role.pk),
            label=_label(role, pathway.place_of(role)),
            row=role.stage,
            href=reverse("pathways:role_show", args=[role.pk]),
            kind=pathway.place_of(role),
        )
        for role in pathway.roles
        if role.pk in joined
    ]
    return graph(nodes, [(str(step.from_role_id), str(step.to_role_id)) for step in pathway.steps])


def _label(role: RoleProfile, place: Place) -> str:
    """The title and, as colour alone says nothing, what the role is to the reader."""
    words = {
        Place.HERE: _("%(role)s (your role)"),
        Place.GOAL: _("%(role)s (your goal)"),
        Place.NEXT: _("%(role)s (next step)"),
    }
    return words.get(place, "%(role)s") % {"role": role.title}
