"""What appraisals ask of whoever opens the home page."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from appraisals.models import Appraisal, AppraisalState, Side
from appraisals.selectors.waiting import cycles_to_open, waiting_for
from notifications.registry import Need, register_need


def register_needs() -> None:
    register_need("appraisals.own", own_appraisals_that_wait)
    register_need("appraisals.held", held_appraisals_that_wait)
    register_need("appraisals.cycles", cycles_that_wait)


def own_appraisals_that_wait(person: Person, on: date) -> Iterable[Need]:
    for appraisal in waiting_for(person, Side.SUBJECT, on=on):
        if appraisal.state == AppraisalState.DRAFTING:
            title = _("Write and share your part of your appraisal")
        else:
            title = _("Read and sign your appraisal")
        yield _need(appraisal, title)


def held_appraisals_that_wait(person: Person, on: date) -> Iterable[Need]:
    for appraisal in waiting_for(person, Side.MANAGER, on=on):
        name = {"name": appraisal.subject.full_name}
        if appraisal.state == AppraisalState.DRAFTING:
            title = _("Write and share your part of the appraisal of %(name)s") % name
        else:
            title = _("Read and sign the appraisal of %(name)s") % name
        yield _need(appraisal, title)


def cycles_that_wait(person: Person, on: date) -> Iterable[Need]:
    for cycle in cycles_to_open(person, on=on):
        yield Need(
            title=_("Open %(title)s") % {"title": cycle.title},
            action=_("Open"),
            url=reverse("appraisals:cycle_detail", args=[cycle.pk]),
            due_on=cycle.opens_on,
            hint=cycle.organisation.name,
        )


def _need(appraisal: Appraisal, title: str) -> Need:
    is_drafting = appraisal.state == AppraisalState.DRAFTING
    page = "appraisals:draft_write" if is_drafting else "appraisals:appraisal_detail"
    return Need(
        title=title,
        action=_("Write") if is_drafting else _("Read and sign"),
        url=reverse(page, args=[appraisal.pk]),
        due_on=appraisal.due_on,
        hint=appraisal.cycle.title,
    )
