"""What emergency access shows of what one organisation's talent team keeps about a person."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from accounts.emergency import Section
from accounts.models import Person
from common.dates import london_date, long_date
from talent.models import Nomination, ReadinessJudgement


def talent_sections(subject: Person, organisation_id: int, on: date) -> Iterable[Section]:
    """Nominations to its pools and its judgements of readiness, with their reasons."""
    nominations = Nomination.objects.filter(person=subject, pool__organisation_id=organisation_id)
    yield Section(
        heading=_("Nominations"),
        columns=(_("Pool"), _("Put forward"), _("Why"), _("State"), _("Reason of the decision")),
        rows=tuple(
            (
                row.pool.title,
                long_date(london_date(row.nominated_at)),
                row.reason,
                row.get_state_display(),
                row.decision_reason,
            )
            for row in nominations.select_related("pool").order_by("-nominated_at", "-pk")
        ),
    )
    judged = ReadinessJudgement.objects.filter(person=subject, organisation_id=organisation_id)
    yield Section(
        heading=_("Judgements of readiness"),
        columns=(_("When"), _("Readiness"), _("Why")),
        rows=tuple(
            (long_date(london_date(row.judged_at)), row.get_readiness_display(), row.reason)
            for row in judged.order_by("-judged_at", "-pk")
        ),
    )
