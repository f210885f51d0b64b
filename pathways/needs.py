"""What the home page asks of somebody about their own pathway."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from common.dates import add_months, long_date
from notifications.registry import Need
from pathways.models import Attainment, AttainmentSource
from pathways.selectors.roles import target_role

MONTHS_A_VIEW_OF_ONESELF_LASTS = 12


def assessment_needed(person: Person, on: date) -> Iterator[Need]:
    """Saying where one stands: never done, or not for a year. For people with a role to reach."""
    own = Attainment.objects.filter(
        person=person, source=AttainmentSource.SELF, attained_on__lte=on
    ).order_by("-attained_on")
    last = own.values_list("attained_on", flat=True).first()
    if last is not None and add_months(last, MONTHS_A_VIEW_OF_ONESELF_LASTS) > on:
        return
    role = target_role(person_id=person.pk, on=on)
    if role is None:
        return
    yield Need(
        title=_("Say where you are against %(role)s") % {"role": role.title},
        action=_("Assess yourself"),
        url=reverse("pathways:assessment_show"),
        due_on=None,
        hint=_hint(last),
    )


def _hint(last: date | None) -> str:
    if last is None:
        return _("You have not assessed yourself yet.")
    return _("You last did so on %(day)s.") % {"day": long_date(last)}
