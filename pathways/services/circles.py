"""Refusing what would make a competency a part of itself, or let it come before itself."""

from common.errors import Conflict
from pathways.models import FrameworkVersion
from pathways.selectors.associations import circle_of


def refuse_circles(version: FrameworkVersion) -> None:
    """For every change of what is a part of what, once it is written and while the draft is
    locked: ``cycle``, with a sentence that names the codes."""
    circle = circle_of(version)
    if circle:
        raise Conflict(circle, code="cycle")
