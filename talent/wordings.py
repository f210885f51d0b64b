"""How notices about talent read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from talent.models import NominationState, Readiness


def put_forward(facts: Mapping[str, Any]) -> str:
    return _("You were put forward for %(pool)s. Read who did it and why.") % facts


def nomination_decided(facts: Mapping[str, Any]) -> str:
    if facts["state"] == NominationState.ACCEPTED:
        return _("You are in %(pool)s now. Read the reason.") % facts
    return _("You were not taken into %(pool)s this time. Read the reason.") % facts


def panel_joined(facts: Mapping[str, Any]) -> str:
    return _("You are on the panel of %(pool)s. You can read who is put forward.") % facts


def panel_left(facts: Mapping[str, Any]) -> str:
    return _("You are not on the panel of %(pool)s any more.") % facts


def readiness_judged(facts: Mapping[str, Any]) -> str:
    label = str(Readiness(facts["readiness"]).label)
    return _("The talent team judged your readiness: %(readiness)s. Read the reason.") % {
        "readiness": label
    }
