"""How notices about applications for places read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.dates import long_moment
from courses.wordings import words_of
from notifications.registry import Wording


def application_told(facts: Mapping[str, Any]) -> str:
    return _(
        "%(person)s has applied for %(programme)s, which starts on %(day)s. You are told, and need"
        " not decide anything."
    ) % words_of(facts)


def application_shortlisted(facts: Mapping[str, Any]) -> str:
    return _("You are shortlisted for %(programme)s. Read the reasons.") % facts


def application_turned_down(facts: Mapping[str, Any]) -> str:
    return _(
        "Your application for %(programme)s goes no further. Read the reasons and what would help"
        " next time."
    ) % (facts)


def application_reserve(facts: Mapping[str, Any]) -> str:
    return _(
        "You are on the reserve list for %(programme)s. You are told if a place becomes free."
    ) % (facts)


def application_offered(facts: Mapping[str, Any]) -> str:
    ends_at = long_moment(datetime.fromisoformat(facts["offer_ends_at"]))
    words = {"programme": facts["programme"], "ends_at": ends_at}
    return _("You are offered a place on %(programme)s. Answer before %(ends_at)s.") % words


def application_lapsed(facts: Mapping[str, Any]) -> str:
    return _(
        "The offer of a place on %(programme)s has ended, because it was not answered in time."
    ) % (facts)


def application_ended(facts: Mapping[str, Any]) -> str:
    if facts["is_cancelled"]:
        return _(
            "Your application for %(programme)s has ended, because the course was cancelled."
        ) % (facts)
    return _(
        "Your application for %(programme)s has ended without a place, because the course begins."
    ) % (facts)


def closing_put_off(facts: Mapping[str, Any]) -> str:
    closes_at = long_moment(datetime.fromisoformat(facts["closes_at"]))
    words = {"programme": facts["programme"], "closes_at": closes_at}
    return _("You have longer to apply for %(programme)s. Send it before %(closes_at)s.") % words


def panel_named(facts: Mapping[str, Any]) -> str:
    return _(
        "You are on the panel that chooses who goes on %(programme)s. Declare any interest before"
        " you read what was sent."
    ) % (facts)


def _asked(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {**facts, "closes_at": long_moment(datetime.fromisoformat(facts["closes_at"]))}


def sponsor_asked(facts: Mapping[str, Any]) -> str:
    return _(
        "%(person)s applies for %(programme)s and names you as their sponsor. Write what you think"
        " before %(closes_at)s."
    ) % _asked(facts)


def sponsor_reminded(facts: Mapping[str, Any]) -> str:
    return _(
        "%(person)s still waits for your statement about their application for %(programme)s."
        " Nothing can be added after %(closes_at)s."
    ) % _asked(facts)


def sponsor_let_go(facts: Mapping[str, Any]) -> str:
    return _(
        "%(person)s does not need your statement for %(programme)s any more. You need do nothing."
    ) % (facts)


def sponsor_wrote(facts: Mapping[str, Any]) -> str:
    return _("Your sponsor has written their statement for %(programme)s.") % facts


WORDINGS: dict[str, Wording] = {
    "courses.application_told": application_told,
    "courses.application_shortlisted": application_shortlisted,
    "courses.application_turned_down": application_turned_down,
    "courses.application_reserve": application_reserve,
    "courses.application_offered": application_offered,
    "courses.application_lapsed": application_lapsed,
    "courses.application_ended": application_ended,
    "courses.closing_put_off": closing_put_off,
    "courses.panel_named": panel_named,
    "courses.sponsor_asked": sponsor_asked,
    "courses.sponsor_let_go": sponsor_let_go,
    "courses.sponsor_wrote": sponsor_wrote,
}
