"""Offered places, and what sessions are made of."""

from datetime import date
from typing import Any

from accounts.models import Role
from tests.security.matrix.rules import (
    OWN,
    Access,
    Door,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.rules_accounts import days
from tests.security.matrix.rules_courses import _ASKED, _ENROLMENT, _REQUEST, _RUNS
from tests.security.matrix.ties import Tie, holding

_SELF = frozenset({Tie.SELF})
_RUNNERS = (Role.LEARNING_LEAD, Role.PROGRAMME_LEAD)


# Who has left is offered no session: it is as if there were none.
_OFFERED_NOTHING = {("gone", "actor"): 422}


def _meets(place: Place) -> dict[str, Any]:
    when = days(held_on=date(2027, 3, 3))
    return {**when, "start_time": "9am", "end_time": "4pm", "title": "Finance"}


def _venue(place: Place) -> dict[str, Any]:
    return {"organisation": place.town.houses["ours"].organisation.pk, "name": "Annexe"}


def _declines(place: Place) -> dict[str, Any]:
    return {"answer": "DECLINE"}


def _told(place: Place) -> dict[str, Any]:
    return {"programme": place.house.rows["offering"].programme_id, "step": "STOP"}


def _whoever_asks(place: Place) -> dict[str, Any]:
    swap = place.row("swap")
    return {"session": swap.session_id, "email": swap.asker.email}


def _elsewhere(name: str) -> Any:
    return lambda place: {name: place.house.rows["elsewhere"].pk}


DOORS: list[Door] = [
    Door(
        "courses:calendar_feed",
        "a diary asks by an address that nobody can guess",
        {"get": 404, "post": 405},
        {"get": 404, "post": 405},
        {"token": "x" * 43},
    ),
]
RULES: list[Rule] = [
    ones_own("courses:calendar", get=OWN, post=Access(body=lambda place: {"step": "RENEW"})),
    about_person("courses:enrolment_calendar", "offered", get=Access(_SELF)),
    about_person(
        "courses:enrolment_move",
        "turn",
        get=Access(_SELF),
        post=Access(_SELF, body=_elsewhere("session"), but=_OFFERED_NOTHING),
    ),
    about_person(
        "v1:enrolment_move",
        "turn",
        post=Access(
            _REQUEST | {Tie.CLIENT},
            may=frozenset({Tie.SELF, Tie.CLIENT}),
            but={("gone", "actor"): 400},
            scope="enrolments:write",
            body=_elsewhere("session_id"),
            fields=_ENROLMENT,
        ),
    ),
    about_organisation(
        "courses:enrolment_release",
        "late_place",
        get=Access(_RUNS),
        post=Access(_RUNS, body=lambda place: {"reason": "LEFT", "text": "Told by phone"}),
    ),
    about_organisation(
        "courses:session_meetings",
        "session",
        get=Access(_ASKED, may=_RUNS),
        post=Access(_ASKED, may=_RUNS, body=_meets),
    ),
    about_organisation(
        "courses:meeting_change",
        "meeting",
        get=Access(_ASKED, may=_RUNS),
        post=Access(_ASKED, may=_RUNS, body=_meets),
    ),
    ones_own(
        "courses:venue_list",
        get=Access(holding(*_RUNNERS), unseen=403),
        post=Access(holding(*_RUNNERS), unseen=403, body=_venue),
    ),
    about_organisation(
        "courses:venue_show",
        "venue",
        get=Access(_RUNS),
        post=Access(_RUNS, body=lambda place: {"name": "Annexe"}),
    ),
    ones_own("courses:interest_list", get=OWN, post=Access(body=_told)),
    about_person(
        "courses:swap_ask",
        "swap_place",
        get=Access(_SELF),
        post=Access(_SELF, body=_whoever_asks, but=_OFFERED_NOTHING),
    ),
    about_person(
        "courses:swap_answer",
        "swap",
        get=Access(_SELF),
        post=Access(_SELF, body=_declines),
    ),
    about_person(
        "courses:offer_answer",
        "offered",
        get=Access(_SELF),
        post=Access(_SELF, body=_declines),
    ),
    about_person(
        "v1:enrolment_answer",
        "offered",
        post=Access(
            _REQUEST | {Tie.CLIENT},
            may=frozenset({Tie.SELF, Tie.CLIENT}),
            scope="enrolments:write",
            body=_declines,
            fields=_ENROLMENT,
        ),
    ),
]
