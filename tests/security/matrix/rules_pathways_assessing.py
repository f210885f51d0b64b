"""Confirming levels: who asks, who answers, what was signed off, and who is an assessor."""

from typing import Any

from accounts.models import Role
from tests.factories.clock import TODAY
from tests.security.matrix.rules import (
    OWN,
    Access,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.ties import SEES_RECORD, Tie, holding, there

_ASKED = frozenset({Tie.LINE_MANAGER, Tie.ASSESSOR})
_PARTIES = _ASKED | {Tie.SELF}
_SEES_APPOINTMENT = (
    SEES_RECORD | {Tie.ASSESSOR} | there(Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR, Role.AUDITOR)
)
_ENDS = Access(
    _SEES_APPOINTMENT, frozenset({Tie.LINE_MANAGER, Tie.ASSESSOR}) | there(Role.LEARNING_LEAD)
)
_ANSWERS = Access(frozenset({Tie.MEMBER}))
_APPOINTS = frozenset({Tie.LEADS}) | holding(Role.LEARNING_LEAD)
_DAYS = {
    f"{name}_{part}": str(number)
    for name in ("starts_on", "ends_on")
    for part, number in (("day", TODAY.day), ("month", TODAY.month), ("year", TODAY.year))
}
# Whoever has left the organisation has no line manager, and so nobody to choose on the page.
_NOBODY_TO_ASK = {("gone", "ours"): 422, ("board_member", "ours"): 422}


def _ask(place: Place) -> dict[str, Any]:
    level = place.town.targets["actor"].rows["unconfirmed"]
    return {"levels": [level.pk], "to": "manager"}


def _confirm(place: Place) -> dict[str, Any]:
    """The request of somebody elsewhere, whom the actor assesses whatever else they are."""
    return {"requests": [place.town.targets["stranger"].rows["verification"].pk]}


def _appoint(place: Place) -> dict[str, Any]:
    """For one report, or as learning lead for everybody."""
    return {
        "assessor": place.town.targets["colleague"].person.email,
        "organisation": place.house.organisation.pk,
        "report": place.town.targets["report"].person.pk,
        **_DAYS,
    }


RULES: list[Rule] = [
    # Only the framework of one's own role or organisation is there to be answered.
    about_organisation(
        "pathways:assessment_question",
        "competency",
        get=_ANSWERS,
        post=Access(frozenset({Tie.MEMBER}), body=lambda place: {"level": "2"}),
    ),
    ones_own("pathways:assessment_check", get=OWN),
    ones_own("pathways:verification_list", get=OWN),
    ones_own("pathways:verification_ask", get=OWN, post=Access(body=_ask, but=_NOBODY_TO_ASK)),
    ones_own("pathways:verification_waiting", get=OWN, post=Access(body=_confirm)),
    ones_own("pathways:verification_answered", get=OWN),
    about_person("pathways:verification_show", "verification", get=Access(_PARTIES)),
    about_person(
        "pathways:verification_answer",
        "verification",
        get=Access(_ASKED),
        post=Access(_ASKED, body=lambda place: {"confirm_all": "yes"}),
    ),
    about_person(
        "pathways:verification_withdraw",
        "verification",
        post=Access(_PARTIES, frozenset({Tie.SELF})),
    ),
    about_person(
        "pathways:sign_off_list", "person", get=Access(frozenset({Tie.SELF, Tie.LINE_MANAGER}))
    ),
    ones_own("pathways:assessor_list", get=OWN),
    ones_own(
        "pathways:assessor_appoint",
        get=Access(_APPOINTS, unseen=403),
        post=Access(_APPOINTS, unseen=403, body=_appoint),
    ),
    about_person("pathways:assessor_end", "appointment", get=_ENDS, post=_ENDS),
]
