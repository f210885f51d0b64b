"""Programmes as signposts to close a gap."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from common.dates import london_date, long_date
from courses.selectors.recommendations import Recommendation, recommended_programmes
from pathways.selectors.signposts import Asked, Reason, Signpost, SignpostKind

MOST_PROGRAMMES = 30
POINTS_NEARER, POINTS_ENTITLED, POINTS_SESSION = 25, 20, 10


def course_signposts(asked: Asked) -> Iterator[Signpost]:
    """What ``recommended_programmes`` finds for the whole gap, row by row; no further statement."""
    found = recommended_programmes(
        gap=asked.gap,
        actor=asked.actor,
        on=asked.on,
        limit=MOST_PROGRAMMES,
        person=asked.person,
    )
    for one in found:
        reasons = tuple(_reasons(one))
        for row in one.closes:
            yield Signpost(
                kind=SignpostKind.COURSE,
                key=f"programme-{one.programme.pk}",
                competency_id=row.competency_id,
                title=one.programme.title,
                href=reverse("courses:programme_show", args=[one.programme.pk]),
                note=str(one.programme.get_mode_display()),
                reasons=reasons,
            )


def _reasons(one: Recommendation) -> Iterator[Reason]:
    yield Reason(_("Teaches this beyond the level you hold"), POINTS_NEARER)
    if one.is_entitled:
        yield Reason(_("Your role asks for it, so nobody has to approve"), POINTS_ENTITLED)
    if one.next_session:
        day = long_date(london_date(one.next_session.starts_at))
        yield Reason(_("Next session on %(day)s") % {"day": day}, POINTS_SESSION)
