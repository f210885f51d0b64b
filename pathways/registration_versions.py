"""What editions tell the floors below: who carries levels over, and how its notice reads."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from jobs.handlers import Handler, register
from jobs.services.progress import give_up, start
from notifications.registry import register_wording
from pathways.services.carrying_over import CARRIED, CARRY, do_carry_over


def register_versions() -> None:
    """Fill the registries; called once while Django starts."""
    register(CARRY, Handler(do=do_carry_over, on_claimed=start, on_parked=give_up))
    register_wording(CARRIED, levels_were_carried_over)


def levels_were_carried_over(facts: Mapping[str, Any]) -> str:
    told = ngettext(
        "%(title)s: %(people)d level.", "%(title)s: %(people)d levels.", facts["people"]
    )
    return told % {"title": facts["title"], "people": facts["people"]}
