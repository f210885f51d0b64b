"""Rules that say what became of what, or stands for what, lead in one direction: never back."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.scope import lifted
from common.errors import Conflict
from pathways.models import Crosswalk
from pathways.selectors.crosswalks import circle_from, codes_along

_FOLLOWS_RULES = SystemJob("pathways.follow_rules", organisation_ids=None)


def queue_for_rules() -> None:
    """Authors of two frameworks hold two editions: each could add one half of a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('pathways.crosswalk', 0))")


def refuse_rule_circles(rules: Iterable[Crosswalk]) -> None:
    """For ``rules`` that were just written, after ``queue_for_rules``: ``crosswalk_cycle``, with
    the codes of those on the way that the author sees."""
    starts = {rule.after_id for rule in rules if rule.after_id is not None}
    # A circle may lead through frameworks of others.
    with lifted(_FOLLOWS_RULES):
        circle = circle_from(starts)
    if circle:
        refuse_circle(codes_along(circle))


def refuse_circle(codes: Iterable[str]) -> None:
    sentence = _("The rules would lead in a circle: %(codes)s. Remove one of them first.")
    raise Conflict(sentence % {"codes": " → ".join(codes)}, code="crosswalk_cycle")
