"""How notices about approval, silence and contests read."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from common.dates import london_date, long_date


def _words(facts: Mapping[str, Any]) -> dict[str, Any]:
    starts_on = london_date(datetime.fromisoformat(facts["starts_at"]))
    due_on = facts.get("due_on")
    return {
        **facts,
        "day": long_date(starts_on),
        "due": long_date(date.fromisoformat(due_on)) if due_on else "",
    }


def approval_passed_on(facts: Mapping[str, Any]) -> str:
    return _(
        "Nobody has answered %(person)s about %(programme)s on %(day)s. It is passed on to you."
        " Answer by %(due)s."
    ) % _words(facts)


def request_passed_on(facts: Mapping[str, Any]) -> str:
    if facts["on_silence"] == "GRANT":
        return _(
            "Nobody has answered your request for %(programme)s on %(day)s, so it was passed on."
            " If nobody answers by %(due)s, it is granted."
        ) % _words(facts)
    return _(
        "Nobody has answered your request for %(programme)s on %(day)s, so it was passed on."
        " If nobody answers by %(due)s, it is refused, and you can contest that."
    ) % _words(facts)


def granted_by_silence(facts: Mapping[str, Any]) -> str:
    if facts["state"] == "WAITING":
        return _(
            "Nobody answered about %(programme)s on %(day)s in time, so it is granted. You are on"
            " its waiting list."
        ) % _words(facts)
    return _(
        "Nobody answered about %(programme)s on %(day)s in time, so it is granted. You have a"
        " place."
    ) % _words(facts)


def refused_by_silence(facts: Mapping[str, Any]) -> str:
    return _(
        "Nobody answered about %(programme)s on %(day)s in time, so it is refused by your"
        " organisation's rule. You can contest it or ask again."
    ) % _words(facts)


def refusal_contested(facts: Mapping[str, Any]) -> str:
    return _("%(person)s contests the refusal of %(programme)s on %(day)s.") % _words(facts)


def contest_answered(facts: Mapping[str, Any]) -> str:
    if facts["state"] == "UPHELD":
        return _("The refusal of %(programme)s on %(day)s stands. Read why.") % _words(facts)
    if facts["came_to"] == "CONFIRMED":
        return _(
            "The refusal of %(programme)s on %(day)s is taken back. You have a place."
        ) % _words(facts)
    if facts["came_to"] == "WAITING":
        return _(
            "The refusal of %(programme)s on %(day)s is taken back. You are on the waiting list."
        ) % _words(facts)
    if facts["came_to"]:
        return _(
            "The refusal of %(programme)s on %(day)s is taken back. A second approver is asked."
        ) % _words(facts)
    return _(
        "The refusal of %(programme)s on %(day)s is taken back. You can ask for another session."
    ) % _words(facts)
