"""Requests for several at once, contests of refusals, and the rule of an organisation."""

from datetime import date
from typing import Any

from accounts.models import Role
from tests.security.matrix.rules import OWN, Access, Place, Rule, about_person, ones_own
from tests.security.matrix.rules_accounts import days
from tests.security.matrix.ties import (
    MANAGES,
    SEES_PEOPLE,
    Tie,
    covering,
    holding,
    there,
)

_SELF = frozenset({Tie.SELF})
_SOMEBODY_ELSES = (
    MANAGES | SEES_PEOPLE | there(Role.LEARNING_LEAD, Role.PROGRAMME_LEAD) | {Tie.DELEGATE}
)
_ANSWERS = frozenset({Tie.SECOND_LINE}) | covering(Role.LEARNING_LEAD)
_KEEPS_RULES = holding(Role.LEARNING_LEAD, Role.ORGANISATION_ADMINISTRATOR)


def _together(place: Place) -> dict[str, Any]:
    return {
        "requests": [place.town.targets["report"].rows["request"].pk],
        "decision": "APPROVE",
    }


def _rule(place: Place) -> dict[str, Any]:
    return {
        "working_days": "7",
        "on_silence": "GRANT",
        "refusal_months": "3",
        **days(starts_on=date(2027, 1, 4)),
    }


RULES: list[Rule] = [
    ones_own(
        "courses:approval_list",
        get=OWN,
        # Who manages nobody any more has nothing to tick.
        post=Access(body=_together, but={("gone", "ours"): 422, ("board_member", "ours"): 422}),
    ),
    ones_own(
        "courses:approval_rule",
        get=Access(_KEEPS_RULES, unseen=403),
        post=Access(_KEEPS_RULES, unseen=403, body=_rule),
    ),
    ones_own("courses:approval_figures", get=Access(_KEEPS_RULES, unseen=403)),
    about_person(
        "courses:contest_make",
        "refused",
        get=Access(_SELF),
        post=Access(_SELF, body=lambda place: {"text": "The ward is covered."}),
    ),
    about_person(
        "courses:contest_answer",
        "contest",
        get=Access(_SOMEBODY_ELSES, may=_ANSWERS, hides=_SELF),
        post=Access(
            _SOMEBODY_ELSES,
            may=_ANSWERS,
            hides=_SELF,
            body=lambda place: {"step": "uphold", "answer": "Nobody covers the nights."},
        ),
    ),
]
