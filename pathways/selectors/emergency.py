"""What emergency access shows of a person's pathway."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from accounts.emergency import Section
from accounts.models import Person
from common.dates import long_date
from pathways.models import Aspiration, Attainment


def pathway_sections(subject: Person, organisation_id: int, on: date) -> Iterable[Section]:
    """Levels reached and roles worked towards, which are the person's wherever they go."""
    reached = Attainment.objects.filter(person=subject).select_related("competency")
    yield Section(
        heading=_("Levels reached"),
        columns=(_("Competency"), _("Level"), _("Where it comes from"), _("When")),
        rows=tuple(
            (
                row.competency.title,
                _("No chance to show it") if row.rank is None else str(row.rank),
                row.get_source_display(),
                long_date(row.attained_on),
            )
            for row in reached.order_by("-attained_on", "-pk")
        ),
    )
    wanted = Aspiration.objects.filter(person=subject).select_related("role_profile")
    yield Section(
        heading=_("Roles worked towards"),
        columns=(_("Role"), _("Since")),
        rows=tuple(
            (row.role_profile.title, long_date(row.starts_on))
            for row in wanted.order_by("-starts_on", "-pk")
        ),
    )
