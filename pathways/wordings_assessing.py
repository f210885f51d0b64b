"""How notices about confirming levels read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.dates import long_date


def verification_asked(facts: Mapping[str, Any]) -> str:
    return (
        ngettext(
            "%(person)s asks you to confirm %(count)d level.",
            "%(person)s asks you to confirm %(count)d levels.",
            facts["count"],
        )
        % facts
    )


def verification_answered(facts: Mapping[str, Any]) -> str:
    if not facts["sent_back"]:
        return _("All the levels you asked about were confirmed.")
    if not facts["confirmed"]:
        return _("The levels you asked about were sent back. Read the reasons.")
    return (
        _("Levels you asked about: %(confirmed)d confirmed, %(sent_back)d sent back. Read why.")
        % facts
    )


def verification_stuck(facts: Mapping[str, Any]) -> str:
    return (
        _("%(assessor)s is not an assessor for you any more. Ask somebody else to confirm.") % facts
    )


def assessor_appointed(facts: Mapping[str, Any]) -> str:
    words = {**facts, "until": long_date(date.fromisoformat(facts["until"]))}
    if facts["is_assessor"]:
        return _("You may confirm levels as an assessor for %(of)s until %(until)s.") % words
    return _("%(assessor)s may confirm your levels as an assessor until %(until)s.") % words


def assessor_ended(facts: Mapping[str, Any]) -> str:
    if facts["is_assessor"]:
        return _("You are not an assessor for %(of)s any more.") % facts
    return _("%(assessor)s is not an assessor for you any more.") % facts
