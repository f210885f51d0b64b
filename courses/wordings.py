"""How notices about courses read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.dates import london_date, long_date


def words_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a notice about a session, with the day as it is written."""
    starts_on = london_date(datetime.fromisoformat(facts["starts_at"]))
    return {**facts, "day": long_date(starts_on)}


def place_given(facts: Mapping[str, Any]) -> str:
    if facts["state"] == "WAITING":
        return _("You are on the waiting list for %(programme)s on %(day)s.") % words_of(facts)
    return _("You have a place on %(programme)s on %(day)s.") % words_of(facts)


def moved_up(facts: Mapping[str, Any]) -> str:
    return _("You have moved up from the waiting list to a place on %(programme)s on %(day)s.") % (
        words_of(facts)
    )


def request_approved(facts: Mapping[str, Any]) -> str:
    if facts["state"] == "WAITING":
        return _("%(programme)s on %(day)s was approved. You are on its waiting list.") % words_of(
            facts
        )
    return _("%(programme)s on %(day)s was approved. You have a place.") % words_of(facts)


def request_refused(facts: Mapping[str, Any]) -> str:
    return _("%(programme)s on %(day)s was not approved. Read the reason and what you can do.") % (
        words_of(facts)
    )


def approval_asked(facts: Mapping[str, Any]) -> str:
    return _("%(person)s asks for your approval of %(programme)s on %(day)s.") % words_of(facts)


def session_cancelled(facts: Mapping[str, Any]) -> str:
    return _("The session of %(programme)s on %(day)s was cancelled.") % words_of(facts)


def completed(facts: Mapping[str, Any]) -> str:
    return _("You have completed %(programme)s. What it brings counts in your pathway.") % facts


def session_tomorrow(facts: Mapping[str, Any]) -> str:
    return _("%(programme)s is tomorrow, %(day)s, at %(place)s.") % words_of(facts)


def approval_waiting(facts: Mapping[str, Any]) -> str:
    return _("%(person)s is still waiting for your approval of %(programme)s on %(day)s.") % (
        words_of(facts)
    )
