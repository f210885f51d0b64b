"""Appraisals from the first draft to the signatures, rounds, the team, and development plans."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.models import Role
from appraisals.models import Appraisal
from appraisals.policies.appraisals import side_of
from appraisals.selectors.reading import reading_of
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
from tests.security.matrix.rules_accounts import days, page_of
from tests.security.matrix.ties import SEES_RECORD, Tie, covering, holding, there

_RUNNERS = (Role.HR_ADMINISTRATOR, Role.LEARNING_LEAD)
_PARTIES = frozenset({Tie.SELF, Tie.LINE_MANAGER})
_SELF = frozenset({Tie.SELF})
_DUE = days(due_on=date(2027, 6, 30))
_WORDING = {"title": "Shorter waits", "measure": "Days", "version": "0", **_DUE}
_ROUND = days(opens_on=date(2026, 12, 1), due_on=date(2027, 1, 29), closes_on=date(2027, 3, 31))


def _between_the_two(body: Mapping[str, Any] | None = None) -> Access:
    """That an appraisal exists is seen by roles; what it says is between the two."""
    return Access(SEES_RECORD, may=_PARTIES, body=lambda place: body or {})


def _having_read(place: Place) -> dict[str, str]:
    """What a party's page says they have read; others send something that was never there."""
    appraisal = Appraisal.objects.with_people().get(pk=place.row("agreed").pk)
    side = side_of(place.person, appraisal=appraisal)
    if side is None:
        return {"seen": "nothing"}
    reading = reading_of(appraisal=appraisal, actor=place.person, side=side, on=TODAY)
    return {"seen": reading.seen}


def _planned(place: Place) -> dict[str, Any]:
    ours = place.town.houses["ours"]
    given = {"organisation": ours.organisation.pk, "form": ours.rows["cycle"].form_id}
    return {**given, "title": "A round", **_ROUND}


# What somebody without a post asks about their own record.
_LEFT = [("gone", "actor"), ("board_member", "actor")]
_AT_OBJECTIVE = {"objective_pk": lambda place: place.row("objective").pk}
_RUNS_ANY = holding(*_RUNNERS)
_STATUS = frozenset({"id", "assignment_id", "state", "due_on", "opened_at"}) | {
    "person",
    "person.id",
    "person.name",
    "line_manager",
    "line_manager.id",
    "line_manager.name",
    "cycle",
    "cycle.id",
    "cycle.title",
    "cycle.organisation_id",
    "person_signed_at",
    "line_manager_signed_at",
}
_PLAN = frozenset({"id", "person_id", "title", "starts_on", "ends_on"}) | {
    "role_profile_id",
    "appraisal_id",
    "updated_at",
}
_ACTION = ("id", "kind", "title", "competency_id", "programme_id", "due_on", "state")
_PLAN_WHOLE = _PLAN | {"actions"} | {f"actions.{name}" for name in _ACTION}
_PLAN_SEEN = SEES_RECORD | {Tie.CLIENT}

RULES: list[Rule] = [
    ones_own("appraisals:team_list", get=OWN),
    ones_own("appraisals:appraisal_list", get=OWN),
    ones_own("appraisals:status_list", get=OWN),
    ones_own("appraisals:cycle_list", get=Access(_RUNS_ANY, unseen=403)),
    ones_own(
        "appraisals:cycle_plan",
        get=Access(_RUNS_ANY, unseen=403),
        post=Access(_RUNS_ANY, unseen=403, body=_planned),
    ),
    about_organisation("appraisals:cycle_detail", "cycle", get=Access(there(*_RUNNERS))),
    about_organisation(
        "appraisals:cycle_open",
        "cycle",
        post=Access(there(*_RUNNERS) | {Tie.MEMBER}, may=there(*_RUNNERS)),
    ),
    about_person("appraisals:appraisal_detail", "agreed", get=_between_the_two()),
    about_person("appraisals:appraisal_timeline", "agreed", get=_between_the_two()),
    Rule(
        "appraisals:draft_write",
        {
            "get": _between_the_two(),
            "post": _between_the_two({"answer-went-well": "A", "version": "1"}),
        },
        "drafting",
        "person",
        asks_itself=True,
    ),
    about_person("appraisals:appraisal_share", "drafting", post=_between_the_two()),
    about_person("appraisals:appraisal_send_back", "agreed", post=_between_the_two()),
    about_person(
        "appraisals:appraisal_sign",
        "agreed",
        # Without a post there is nobody to sign with.
        post=Access(SEES_RECORD, may=_PARTIES, body=_having_read, but=dict.fromkeys(_LEFT, 409)),
    ),
    about_person(
        "appraisals:appraisal_hand_over",
        "left_behind",
        get=Access(SEES_RECORD),
        post=Access(
            SEES_RECORD,
            may=frozenset({Tie.LINE_MANAGER}) | covering(Role.HR_ADMINISTRATOR),
            # Without a line manager of record the page says so, and nothing happens.
            but=dict.fromkeys(_LEFT, None),
        ),
    ),
    about_person(
        "appraisals:conversation_record",
        "agreed",
        get=_between_the_two(),
        post=_between_the_two(days(met_on=TODAY)),
    ),
    about_person(
        "appraisals:objective_add",
        "agreed",
        get=_between_the_two(),
        post=_between_the_two(_WORDING),
    ),
    about_person(
        "appraisals:objective_change",
        "agreed",
        further=_AT_OBJECTIVE,
        get=_between_the_two(),
        post=_between_the_two(_WORDING),
    ),
    about_person(
        "appraisals:objective_remove", "agreed", further=_AT_OBJECTIVE, post=_between_the_two()
    ),
    ones_own("appraisals:plan_mine", get=OWN),
    ones_own("appraisals:plan_start", post=OWN),
    about_person("appraisals:plan_show", "plan", get=Access(SEES_RECORD)),
    about_person("appraisals:plan_timeline", "plan", get=Access(SEES_RECORD)),
    about_person("appraisals:plan_pdf", "plan", post=Access(SEES_RECORD)),
    about_person(
        "appraisals:plan_action_add",
        "plan",
        get=Access(SEES_RECORD),
        post=Access(
            SEES_RECORD,
            may=_PARTIES,
            body=lambda place: {"kind": "SUPPORT", "title": "A mentor", **_DUE},
        ),
    ),
    about_person(
        "appraisals:plan_action_step",
        "action",
        further={"step": lambda place: "start"},
        post=Access(SEES_RECORD, may=_SELF),
    ),
    about_person(
        "appraisals:plan_of_person",
        "person",
        get=Access(SEES_RECORD | {Tie.DELEGATE}, may=SEES_RECORD),
    ),
    ones_own("v1:appraisal-list", get=Access(scope="appraisals:read", fields=page_of(_STATUS))),
    ones_own("v1:plan-list", get=Access(scope="plans:read", fields=page_of(_PLAN))),
    about_person(
        "v1:plan-detail", "plan", get=Access(_PLAN_SEEN, scope="plans:read", fields=_PLAN_WHOLE)
    ),
]
