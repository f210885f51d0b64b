"""What editions tell the floors below: who carries levels over, and how its notice reads."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jobs.handlers import Handler, register
from jobs.services.progress import give_up, start
from jobs.wordings import Wording
from jobs.wordings import register_wording as register_wording_of_work
from notifications.registry import register_wording
from pathways.services.carrying_over import CARRIED, CARRY, do_carry_over

_CARRYING = Wording(
    waiting=_(
        "The carrying over of levels is waiting for its turn. You can leave this page: we will "
        "tell you when it is done."
    ),
    running=_("Levels are being carried over. This usually takes less than a minute."),
    ready=_(
        "Levels were carried over. You can open a table of how many, rule by rule, until %(day)s."
    ),
    gone=_("Levels were carried over. The table of how many was kept for a time and was removed."),
    download=_("Download the table (%(size)s)"),
)


def register_versions() -> None:
    """Fill the registries; called once while Django starts."""
    register(CARRY, Handler(do=do_carry_over, on_claimed=start, on_parked=give_up))
    register_wording_of_work(CARRY, _CARRYING)
    register_wording(CARRIED, levels_were_carried_over)


def levels_were_carried_over(facts: Mapping[str, Any]) -> str:
    told = ngettext(
        "%(title)s: %(people)d level.", "%(title)s: %(people)d levels.", facts["people"]
    )
    return told % {"title": facts["title"], "people": facts["people"]}
