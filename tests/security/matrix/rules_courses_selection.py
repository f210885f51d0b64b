"""Intakes, applications for places, and who decides about them."""

from typing import Any

from accounts.models import Role
from tests.factories.clock import TODAY
from tests.factories.selection import CLOSES
from tests.security.matrix.rules import (
    OWN,
    Access,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.rules_accounts import days
from tests.security.matrix.ties import Tie, there

_RUNS = there(Role.LEARNING_LEAD, Role.PROGRAMME_LEAD)
_SELF = frozenset({Tie.SELF})
_TOO_NEAR = frozenset({Tie.SELF, Tie.LINE_MANAGER, Tie.SECOND_LINE, Tie.SUPERVISOR})
# An intake is seen by whom the course is offered to, and by who runs it.
_OFFERED = frozenset({Tie.MEMBER, Tie.CLIENT}) | _RUNS


def _answers(place: Place) -> dict[str, Any]:
    question = place.row("intake").questions.get()
    return {f"answer_{question.pk}": "To lead.", "act": "save"}


def _plan(place: Place) -> dict[str, Any]:
    closes_on = CLOSES.date()
    return {
        "guidance": "For people who lead a service.",
        "places": "3",
        "closes_time": "10am",
        "offer_days": "7",
        "question_1": "Why do you apply?",
        "most_words": "200",
        **days(opens_on=TODAY, closes_on=closes_on, decided_on=closes_on),
    }


def _points(place: Place) -> dict[str, Any]:
    given: dict[str, Any] = {"act": "scores"}
    for criterion in place.row("panel_intake").criteria.all():
        given |= {f"points_{criterion.pk}": "3", f"reason_{criterion.pk}": "Shown."}
    return given


_LIVES_THERE = {"ours": "colleague", "neighbour": "neighbour", "stranger": "stranger"}


def _for_the_panel(place: Place) -> dict[str, str]:
    person = place.town.targets[_LIVES_THERE[place.house.name]].person
    return {"email": person.email, "role": "MEMBER"}


# Whoever chooses sees that somebody applied; of a panel's, only the panel reads what was sent.
_LISTED = _RUNS | {Tie.SELF, Tie.CHOOSES}
_CHOOSES = frozenset({Tie.CHOOSES})

RULES: list[Rule] = [
    ones_own("courses:application_list", get=OWN),
    ones_own("courses:intake_list", get=OWN),
    about_organisation(
        "courses:intake_apply",
        "intake",
        get=Access(_OFFERED),
        post=Access(_OFFERED, body=_answers),
    ),
    about_organisation("courses:intake_show", "intake", get=Access(_OFFERED, may=_RUNS)),
    about_organisation(
        "courses:intake_plan",
        "session_chosen_for",
        get=Access(_OFFERED, may=_RUNS),
        post=Access(_OFFERED, may=_RUNS, body=_plan),
    ),
    about_organisation(
        "courses:intake_panel",
        "intake_by_panel",
        get=Access(_OFFERED, may=_RUNS),
        post=Access(_OFFERED, may=_RUNS, body=_for_the_panel),
    ),
    about_person(
        "courses:application_assess",
        "panel_application",
        get=Access(_LISTED, may=_CHOOSES, never=_TOO_NEAR),
        post=Access(_LISTED, may=_CHOOSES, never=_TOO_NEAR, body=_points),
    ),
    about_person(
        "courses:application_interest",
        "panel_application",
        get=Access(_LISTED, may=_CHOOSES),
        post=Access(_LISTED, may=_CHOOSES, body=lambda place: {"what": "A friend."}),
    ),
    about_person(
        "courses:application_show",
        "application",
        get=Access(_SELF),
        post=Access(_SELF, body=lambda place: {"act": "withdraw"}),
    ),
    # Of the sponsor's own: only they open it, and not whoever manages them.
    about_person(
        "courses:sponsor_statement",
        "sponsor_statement",
        get=Access(_SELF),
        post=Access(_SELF, body=lambda place: {"text": "They lead well."}),
    ),
    # Whoever manages the applicant, and the applicant, decide nothing whatever their role.
    about_person(
        "courses:application_decide",
        "application",
        get=Access(_RUNS | _SELF, may=_RUNS, never=_TOO_NEAR),
        post=Access(
            _RUNS | _SELF,
            may=_RUNS,
            never=_TOO_NEAR,
            body=lambda place: {"step": "reserve", "reasons": "Strong in every answer."},
        ),
    ),
]
