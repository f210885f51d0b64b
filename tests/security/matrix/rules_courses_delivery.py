"""Registers, completing, and what people have learned."""

from typing import Any

from accounts.models import Role
from pathways.selectors.evidence import competencies_to_show
from tests.factories.clock import TODAY
from tests.factories.results import sent_results
from tests.security.matrix.rules import (
    OWN,
    Access,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.rules_accounts import days, page_of
from tests.security.matrix.ties import SEES_RECORD, Tie, there

_RUNS = there(Role.LEARNING_LEAD, Role.PROGRAMME_LEAD)
_SELF = frozenset({Tie.SELF})
# Sessions and offerings are seen where they are run, and by those whose role runs them.
_SESSION = frozenset({Tie.MEMBER, Tie.CLIENT}) | _RUNS


def _runs(body: Any = lambda place: {}) -> Access:
    return Access(_SESSION, may=_RUNS, body=body)


def _marked(place: Place) -> dict[str, Any]:
    return {f"mark_{place.row('place_begun').pk}": "PRESENT"}


def _results(place: Place) -> dict[str, Any]:
    return {"file": sent_results(place.row("place_begun"))}


def _taken_elsewhere(place: Place) -> dict[str, Any]:
    offered = competencies_to_show(person=place.person, on=TODAY)
    return {
        "title": "Finance for managers",
        "statement": "I can read a budget.",
        "to": "manager",
        "hours": "12",
        **{f"level_{competency.pk}": "1" for competency in offered[:1]},
        **days(started_on=TODAY, finished_on=TODAY),
    }


_RECORD = frozenset(
    {"id", "person_id", "organisation_id", "course_id", "course_code", "course_title", "state"}
) | {"completed_on", "study_hours", "credits", "credits.competency_id", "credits.rank"}


def _rule(place: Place) -> dict[str, Any]:
    return {"least_share": "80", **days(starts_on=TODAY)}


RULES: list[Rule] = [
    about_organisation(
        "courses:session_attendance", "session_begun", get=_runs(), post=_runs(_marked)
    ),
    about_organisation(
        "courses:session_complete",
        "session_over",
        get=_runs(),
        post=_runs(lambda place: {"completed-people": [place.row("attended").pk]}),
    ),
    about_organisation(
        "courses:session_results", "session_begun", get=_runs(), post=_runs(_results)
    ),
    about_organisation(
        "courses:result_file",
        "result_file",
        get=Access(_RUNS),
        post=Access(_RUNS, body=lambda place: {"step": "undo"}),
    ),
    # The person on that session works nowhere any more, so that only who runs it sees them.
    about_organisation(
        "courses:enrolment_complete",
        "attended",
        get=Access(_RUNS),
        post=Access(_RUNS, body=lambda place: {"how": "WHOLE"}),
    ),
    about_organisation("courses:completion_rule", "offering", get=_runs(), post=_runs(_rule)),
    about_organisation("courses:session_evaluation", "session_over", get=_runs()),
    about_organisation("courses:offering_evaluation", "offering", get=_runs()),
    about_person(
        "courses:evaluation_answer",
        "partial",
        get=Access(_SELF),
        post=Access(_SELF, body=lambda place: {"useful": "4"}),
    ),
    ones_own("courses:training_record_mine", get=OWN),
    ones_own(
        "courses:external_learning_add",
        get=OWN,
        # What was learned elsewhere is claimed, and who has left has nobody to show it to.
        post=Access(body=_taken_elsewhere, but={("gone", "ours"): 422}),
    ),
    about_person("courses:training_record_of", "person", get=Access(SEES_RECORD | {Tie.DELEGATE})),
    ones_own(
        "v1:training_record_list",
        get=Access(scope="enrolments:read", fields=page_of(_RECORD)),
    ),
    about_person(
        "courses:absence_explain",
        "missed",
        get=Access(_SELF),
        post=Access(_SELF, body=lambda place: {"reason": "LEAVE"}),
    ),
]
