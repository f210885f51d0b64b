"""A level of a competency, as those who write programmes choose it."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.dates import london_date
from common.errors import Conflict
from pathways.models import Competency, Level
from pathways.selectors.resources import competencies_to_help_with


def refuse_unless_a_level(competency: Competency, rank: int, *, by: Actor, now: datetime) -> None:
    """Refuse (``no_such_level``) what is no level of ``competency``, or of one that is in no
    edition in use that ``by`` sees; the sentence names the levels."""
    seen = competencies_to_help_with(actor=by, on=london_date(now))
    known = seen.filter(pk=competency.pk).first()
    if known is None:
        raise Conflict(_("This competency is not in use. Select another."), code="no_such_level")
    scale_id = known.scale_id or known.version.scale_id
    rows = Level.objects.filter(scale_id=scale_id, rank__isnull=False).order_by("rank")
    levels = dict(rows.values_list("rank", "label"))
    if rank not in levels:
        named = ", ".join(f"{number} ({label})" for number, label in levels.items())
        raise Conflict(
            _("Enter one of its levels: %(levels)s.") % {"levels": named}, code="no_such_level"
        )
