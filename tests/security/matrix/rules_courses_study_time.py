"""Protected time: one's own, a team's, and of one place."""

from typing import Any

from accounts.models import Role
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
from tests.security.matrix.ties import SEES_RECORD, Tie, holding, there, unmanaged
from tests.security.study_time_rows import OWED_SINCE, PLANNED_FOR

# Who runs the session a place is on is told nothing of the time that goes with it.
_TIME = SEES_RECORD | {Tie.DELEGATE}
_GIVES_TIME = frozenset({Tie.LINE_MANAGER, Tie.DELEGATE}) | unmanaged(Role.LEARNING_LEAD)


def _another_day(place: Place) -> dict[str, Any]:
    return {
        "act": "rearrange",
        "which": f"OWED:{OWED_SINCE.isoformat()}",
        "hours": "0.5",
        **days(day=PLANNED_FOR),
    }


def _sent_by_roster(place: Place) -> dict[str, Any]:
    return {
        "act": "REARRANGE",
        "account": "OWED",
        "on": OWED_SINCE.isoformat(),
        "held": 60,
        "minutes": 30,
        "day": PLANNED_FOR.isoformat(),
    }


_KEEPERS = (Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR)
_POCKET = frozenset({"account", "on", "minutes"})
_TIME_FIELDS = (
    frozenset({"enrolment_id", "person_id", "organisation_id", "promised", "planned"})
    | {"delivered", "owed", "released", "pockets"}
    | {f"pockets.{name}" for name in _POCKET}
)
_FIGURE = frozenset({"people", "due", "had", "taken_back", "unanswered", "cost_pence"})
_ROWS = {"months": "month", "units": "unit", "reasons": "reason"}
_FIGURES = (
    frozenset({"first", "last", "total", *_ROWS})
    | {f"total.{name}" for name in _FIGURE}
    | {f"{rows}.{name}" for rows, key in _ROWS.items() for name in (key, "figure")}
    | {f"{rows}.figure.{name}" for rows in _ROWS for name in _FIGURE}
)
RULES: list[Rule] = [
    ones_own("courses:study_time_figures", get=Access(holding(*_KEEPERS), unseen=403)),
    about_organisation(
        "courses:study_time_rules",
        "organisation",
        get=Access(there(*_KEEPERS)),
        post=Access(
            there(*_KEEPERS),
            body=lambda place: {
                "act": "rate",
                "rate-band": "7",
                "rate-pounds": "28.90",
                **days(**{"rate-starts_on": PLANNED_FOR}),
            },
        ),
    ),
    about_person(
        "v1:study_time_show",
        "study_time",
        get=Access(_TIME | {Tie.CLIENT}, scope="enrolments:read", fields=_TIME_FIELDS),
        post=Access(
            _TIME | {Tie.CLIENT},
            may=_GIVES_TIME | {Tie.CLIENT},
            scope="study-time:write",
            body=_sent_by_roster,
            fields=_TIME_FIELDS,
        ),
    ),
    ones_own(
        "v1:study_time_figures",
        get=Access(
            holding(*_KEEPERS) | {Tie.CLIENT},
            unseen=403,
            scope="enrolments:read",
            fields=_FIGURES,
            # A program is told of its own organisations, wherever they are.
            but={("program_elsewhere", "ours"): None},
        ),
    ),
    ones_own("courses:study_time_mine", get=OWN),
    ones_own("courses:study_time_team", get=OWN),
    about_person(
        "courses:study_time_show",
        "study_time",
        get=Access(_TIME),
        post=Access(_TIME, may=_GIVES_TIME, body=_another_day),
    ),
]
