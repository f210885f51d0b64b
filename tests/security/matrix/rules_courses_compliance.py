"""Mandatory training: one's own, somebody's, a team's and that of organisations."""

from datetime import date
from typing import Any

from accounts.models import Role
from courses.models import SubjectLevel
from tests.factories.clock import TODAY
from tests.factories.imports import sent_file
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

_SEES = SEES_RECORD | {Tie.DELEGATE}
_KEEPS = covering(Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR)
_KEPT_THERE = there(Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR)
_TOLD = holding(Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR)


def _exemption(place: Place) -> dict[str, Any]:
    return {
        "step": "exempt",
        "organisation": place.house.organisation.pk,
        "subject": place.house.rows["training_subject"].pk,
        "reason": "AWAY",
        "note": "Back in May",
        **days(starts_on=TODAY, ends_on=date(2027, 5, 1)),
    }


_ASKED = (
    *("organisation_id", "level_id", "subject", "level", "esr_name", "state"),
    *("completed_on", "expires_on"),
)
_COMPLIANCE = frozenset({"person_id", "on", "asked"}) | {f"asked.{name}" for name in _ASKED}
_RECORD = frozenset(
    {
        "id",
        "person_id",
        "level_id",
        "subject",
        "level",
        "completed_on",
        "expires_on",
        "source",
        "struck_at",
    }
)


def _sent_by_program(place: Place) -> dict[str, Any]:
    level = _level_of_everybody()
    record = {
        "key": "lms-1",
        "person_id": place.target.person.pk if place.target else 0,
        "level_id": level.pk,
        "completed_on": "2026-03-02",
    }
    return {"records": [record]}


def _file(place: Place) -> dict[str, Any]:
    return {"step": "upload", "file": sent_file()}


def _subject(place: Place) -> dict[str, Any]:
    return {"title": "Ward ligature awareness", "vpd": "457"}


def _level_of_everybody() -> SubjectLevel:
    return SubjectLevel.objects.filter(subject__owner=None).order_by("pk")[0]


def _asking(place: Place) -> dict[str, Any]:
    """Of a subject that everybody sees, in whichever organisation is the first of the reader's."""
    level = _level_of_everybody()
    return {"step": "ask", "asked_level": level.pk, **days(asked_from=TODAY)}


RULES: list[Rule] = [
    ones_own("courses:training_mine", get=OWN),
    about_person(
        "courses:training_person",
        "person",
        get=Access(_SEES),
        post=Access(_SEES, may=_KEEPS, never=frozenset({Tie.SELF}), body=_exemption),
    ),
    ones_own("courses:training_team", get=OWN),
    ones_own("courses:training_organisation", get=Access(_TOLD, unseen=403)),
    ones_own(
        "courses:training_rules",
        get=Access(_TOLD, unseen=403),
        post=Access(_TOLD, unseen=403, body=_asking),
    ),
    ones_own(
        "courses:training_subjects",
        get=Access(_TOLD, unseen=403),
        post=Access(_TOLD, unseen=403, body=_subject),
    ),
    about_organisation(
        "courses:training_subject",
        "training_subject",
        get=Access(_KEPT_THERE),
        post=Access(_KEPT_THERE, body=lambda place: {"step": "end", "confirm": "on"}),
    ),
    ones_own(
        "courses:training_imports",
        get=Access(_TOLD, unseen=403),
        post=Access(_TOLD, unseen=403, body=_file),
    ),
    about_organisation(
        "courses:training_import",
        "training_import",
        get=Access(_KEPT_THERE),
        post=Access(_KEPT_THERE, body=lambda place: {"leave_out": "on"}),
    ),
    ones_own(
        "v1:compliance_list", get=Access(scope="compliance:read", fields=page_of(_COMPLIANCE))
    ),
    Rule(
        "v1:mandatory_training_list",
        {
            "get": Access(scope="compliance:read", fields=page_of(_RECORD)),
            "post": Access(
                _SEES | {Tie.CLIENT},
                may=frozenset({Tie.CLIENT}),
                unseen=400,
                scope="mandatory_training:write",
                body=_sent_by_program,
                fields=frozenset({"recorded", "unchanged"}),
            ),
        },
        of="person",
    ),
]
