"""How notices about offered places and sessions that change read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from common.dates import london_date, long_date, long_moment
from courses.services.releases import ReleaseReason
from notifications.registry import Wording


def _words(facts: Mapping[str, Any]) -> dict[str, Any]:
    words = {**facts, "day": long_date(london_date(datetime.fromisoformat(facts["starts_at"])))}
    if "offer_ends_at" in facts:
        words["until"] = long_moment(datetime.fromisoformat(facts["offer_ends_at"]))
    return words


def place_offered(facts: Mapping[str, Any]) -> str:
    return _(
        "A place on %(programme)s on %(day)s is free and yours if you accept it before %(until)s."
    ) % _words(facts)


def offer_lapsed(facts: Mapping[str, Any]) -> str:
    return _(
        "You did not answer in time, so the place on %(programme)s on %(day)s went to somebody"
        " else. Ask again to join the waiting list."
    ) % _words(facts)


def below_minimum(facts: Mapping[str, Any]) -> str:
    return _(
        "%(programme)s on %(day)s has %(taken)s of the %(minimum)s people it takes to run. Cancel"
        " it, or let it run."
    ) % _words(facts)


def moved(facts: Mapping[str, Any]) -> str:
    if facts["state"] == "WAITING":
        return _("You are now on the waiting list for %(programme)s on %(day)s.") % _words(facts)
    return _("You have moved: your place is now on %(programme)s on %(day)s.") % _words(facts)


def offered_elsewhere(facts: Mapping[str, Any]) -> str:
    return _(
        "Your session was cancelled. A place on %(programme)s on %(day)s is yours if you accept it"
        " before %(until)s."
    ) % _words(facts)


def session_changed(facts: Mapping[str, Any]) -> str:
    return _(
        "What was planned for %(programme)s on %(day)s has changed. Look at when and where."
    ) % (_words(facts))


def place_given_up(facts: Mapping[str, Any]) -> str:
    return _("Your place on %(programme)s on %(day)s is given up.") % _words(facts)


def no_place_came(facts: Mapping[str, Any]) -> str:
    return _(
        "%(programme)s on %(day)s is over, and there was no place for you. You can ask for another"
        " session."
    ) % _words(facts)


def place_released(facts: Mapping[str, Any]) -> str:
    words = {**_words(facts), "why": str(ReleaseReason(facts["reason"]).label)}
    return (
        _("%(host)s released your place on %(programme)s on %(day)s. The reason given: %(why)s.")
        % words
    )


def invitation_subject(facts: Mapping[str, Any]) -> str:
    """A mail program shows it in a list, so it says which course and when, on one line."""
    return _("%(programme)s, %(day)s") % _words(facts)


def invitation_note() -> str:
    return _(
        "What comes with this mail puts it into your diary, changes it there or takes it out. To"
        " get no such mails, turn them off: %(address)s"
    ) % {"address": settings.SITE_URL + reverse("courses:calendar")}


def withdrawal_changed(facts: Mapping[str, Any]) -> str:
    return _("You can now give up your place on %(programme)s on %(day)s until %(until)s.") % {
        **_words(facts),
        "until": long_moment(datetime.fromisoformat(facts["until"])),
    }


def swap_asked(facts: Mapping[str, Any]) -> str:
    words = {
        **_words(facts),
        "yours": long_date(london_date(datetime.fromisoformat(facts["instead_of"]))),
        "until": long_moment(datetime.fromisoformat(facts["until"])),
    }
    return (
        _(
            "%(person)s has a place on %(programme)s on %(day)s and would like yours on %(yours)s"
            " instead. Agree or decline before %(until)s."
        )
        % words
    )


def next_session(facts: Mapping[str, Any]) -> str:
    return _(
        "%(programme)s has a session on %(day)s. You asked to be told about the next one."
    ) % _words(facts)


def swapped(facts: Mapping[str, Any]) -> str:
    return _("You have swapped: your place is now on %(programme)s on %(day)s.") % _words(facts)


def swap_declined(facts: Mapping[str, Any]) -> str:
    return _(
        "Your colleague keeps their place on %(programme)s on %(day)s. You keep yours too."
    ) % _words(facts)


def swap_ended(facts: Mapping[str, Any]) -> str:
    return _(
        "Your request to swap for %(programme)s on %(day)s has ended without an answer."
    ) % _words(facts)


WORDINGS: dict[str, Wording] = {
    "courses.place_offered": place_offered,
    "courses.offer_lapsed": offer_lapsed,
    "courses.moved": moved,
    "courses.offered_elsewhere": offered_elsewhere,
    "courses.session_changed": session_changed,
    "courses.place_given_up": place_given_up,
    "courses.no_place_came": no_place_came,
    "courses.place_released": place_released,
    "courses.withdrawal_changed": withdrawal_changed,
    "courses.next_session": next_session,
    "courses.swap_asked": swap_asked,
    "courses.swapped": swapped,
    "courses.swap_declined": swap_declined,
    "courses.swap_ended": swap_ended,
}
