"""How notices about prior learning read, and what it asks of the person who opens the home page."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from common.dates import london_date, long_date
from notifications.registry import Need
from pathways.selectors.prior_learning import claims_waiting_for

MOST = 20


def claim_submitted(facts: Mapping[str, Any]) -> str:
    return _("%(person)s claims levels for prior learning. Read it and decide.") % facts


def claim_decided(facts: Mapping[str, Any]) -> str:
    if not facts["accepted"]:
        return _("Your claim of prior learning was decided: no level was accepted. Read why.")
    return (
        ngettext(
            "Your claim of prior learning was decided: %(accepted)d of %(levels)d level accepted.",
            "Your claim of prior learning was decided: %(accepted)d of %(levels)d levels accepted.",
            facts["levels"],
        )
        % facts
    )


def claims_waiting(person: Person, on: date) -> Iterator[Need]:
    """Claims that wait for the reader's decision."""
    for claim in claims_waiting_for(person, on=on)[:MOST]:
        submitted_on = long_date(london_date(claim.submitted_at))
        yield Need(
            title=_("%(person)s claims levels for prior learning")
            % {"person": claim.person.full_name},
            action=_("Read and decide"),
            url=reverse("pathways:claim_show", args=[claim.pk]),
            due_on=None,
            hint=_("Submitted on %(day)s.") % {"day": submitted_on},
        )
