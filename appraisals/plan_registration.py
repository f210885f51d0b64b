"""What plans tell the floors below: who makes the PDF, how its notice reads, what is due."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from appraisals.selectors.plans import actions_due
from appraisals.services.plan_documents import KIND, READY, make_plan_pdf
from common.navigation import NavigationItem, add_item
from jobs.handlers import Handler, register
from jobs.services.progress import give_up, start
from jobs.wordings import Wording
from jobs.wordings import register_wording as register_wording_of_work
from notifications.registry import Need, register_need, register_wording

_AHEAD = timedelta(days=14)
_PDF = Wording(
    waiting=gettext_lazy(
        "Your PDF is waiting for its turn. You can leave this page: we will tell you when it is "
        "ready."
    ),
    running=gettext_lazy("Your PDF is being made. This usually takes a few seconds."),
    ready=gettext_lazy("Your PDF is ready. You can open it until %(day)s."),
    gone=gettext_lazy(
        "The PDF was kept for a time and has been removed. Make it again to have it as things are "
        "now."
    ),
    download=gettext_lazy("Download the PDF (%(size)s)"),
)


def register_plans() -> None:
    """Fill the registries; called once while Django starts."""
    register(KIND, Handler(do=make_plan_pdf, on_claimed=start, on_parked=give_up))
    register_wording_of_work(KIND, _PDF)
    register_wording(READY, pdf_is_ready)
    register_need("appraisals.plan_actions", actions_that_need_you)
    add_item(
        NavigationItem(
            gettext_lazy("My plan"), "appraisals:plan_mine", order=50, covers=("appraisals:plan_",)
        )
    )


def pdf_is_ready(facts: Mapping[str, Any]) -> str:
    return _("Your PDF is ready: %(title)s.") % {"title": facts["title"]}


def actions_that_need_you(person: Person, on: date) -> Iterable[Need]:
    """Actions of one's own plan that are overdue or due within two weeks."""
    for action in actions_due(person=person, on=on, until=on + _AHEAD):
        overdue = action.is_overdue(on=on)
        yield Need(
            title=action.title,
            action=_("Do or change this action of your plan"),
            url=reverse("appraisals:plan_mine"),
            due_on=action.due_on,
            hint=_("Overdue in your development plan")
            if overdue
            else _("In your development plan"),
        )
