"""What emergency access shows of a person's appraisals and development plans."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from accounts.emergency import Section
from accounts.models import Person
from appraisals.models import Appraisal, PlanAction, Snapshot
from appraisals.selectors.content import Content
from common.dates import long_date


def appraisal_sections(subject: Person, organisation_id: int, on: date) -> Iterable[Section]:
    """The organisation's appraisals, what both have signed of them, and the person's plans.

    What somebody has written and not signed is a draft, and opens to nobody.
    """
    held = Appraisal.objects.filter(subject=subject, cycle__organisation_id=organisation_id)
    yield Section(
        heading=_("Appraisals"),
        columns=(_("Round"), _("Line manager"), _("Due"), _("State")),
        rows=tuple(
            (
                row.cycle.title,
                row.appraiser.full_name,
                long_date(row.due_on),
                row.get_state_display(),
            )
            for row in held.select_related("cycle", "appraiser").order_by("-due_on", "-pk")
        ),
    )
    signed = Snapshot.objects.filter(appraisal__in=held).order_by("-signed_at", "-pk")
    yield Section(
        heading=_("What both have signed"),
        columns=(_("Round"), _("Question"), _("The person"), _("The line manager")),
        rows=tuple(line for snapshot in signed for line in _lines(snapshot.content)),
    )
    actions = PlanAction.objects.filter(plan__person=subject).select_related("plan")
    yield Section(
        heading=_("Development plans"),
        columns=(_("Plan"), _("Action"), _("By"), _("State")),
        rows=tuple(
            (row.plan.title, row.title, long_date(row.due_on), row.get_state_display())
            for row in actions.order_by("-plan__starts_on", "due_on", "pk")
        ),
    )


def _lines(content: Content) -> Iterator[tuple[str, str, str, str]]:
    for section in content["sections"]:
        for answer in section["answers"]:
            yield (
                content["cycle"],
                answer["title"],
                answer["subject"] or "",
                answer["manager"] or "",
            )
    for objective in content["objectives"]:
        yield content["cycle"], _("Objective"), objective["title"], objective["measure"]
