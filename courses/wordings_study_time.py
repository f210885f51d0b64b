"""How notices about protected time read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.dates import long_date, spoken_minutes


def _words(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **facts,
        "time": spoken_minutes(facts["minutes"]),
        "day": long_date(date.fromisoformat(facts["day"])),
    }


def time_taken_back(facts: Mapping[str, Any]) -> str:
    return _(
        "%(time)s of your protected time for %(programme)s on %(day)s were taken back and are"
        " owed to you. Read why, and what you can do."
    ) % _words(facts)


def time_rearranged(facts: Mapping[str, Any]) -> str:
    return _("%(time)s that you are owed for %(programme)s are arranged for %(day)s.") % (
        _words(facts)
    )


def cover_without_time(facts: Mapping[str, Any]) -> str:
    return _(
        "%(person)s has no protected time on %(day)s any more, for which you asked for %(time)s of"
        " cover (%(programme)s). Say what became of the cover."
    ) % _words(facts)


def time_owed(facts: Mapping[str, Any]) -> str:
    return _(
        "%(person)s has been owed %(time)s for %(programme)s since %(day)s. Arrange another day."
    ) % _words(facts)


def time_owed_long(facts: Mapping[str, Any]) -> str:
    return _(
        "%(person)s has been owed %(time)s for %(programme)s since %(day)s, and no other day is"
        " arranged. Speak to their line manager."
    ) % _words(facts)


def time_to_confirm(facts: Mapping[str, Any]) -> str:
    return _("Say whether you had %(time)s for %(programme)s on %(day)s.") % _words(facts)
