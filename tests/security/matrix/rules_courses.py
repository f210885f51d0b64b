"""The catalogue, places on sessions, requests, and running sessions."""

from datetime import date
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
from tests.security.matrix.rules_accounts import days, page_of
from tests.security.matrix.ties import (
    MANAGES,
    SEES_PEOPLE,
    SEES_RECORD,
    Tie,
    holding,
    there,
    unmanaged,
)

_RUNNERS = (Role.LEARNING_LEAD, Role.PROGRAMME_LEAD)
_SELF = frozenset({Tie.SELF})
# Sessions are seen where they are run, by those whose role runs them, and by who asked for a place.
_SESSION = frozenset({Tie.MEMBER, Tie.CLIENT}) | there(*_RUNNERS)
_ASKED = _SESSION | {Tie.ENROLLED}
_REQUEST = SEES_RECORD | there(*_RUNNERS) | {Tie.DELEGATE}
_DECIDES = frozenset({Tie.LINE_MANAGER, Tie.DELEGATE}) | unmanaged(Role.LEARNING_LEAD)
_RUNS = there(*_RUNNERS)
_SOMEBODY_ELSES = MANAGES | SEES_PEOPLE | there(*_RUNNERS) | {Tie.DELEGATE}


def _new_session(place: Place) -> dict[str, Any]:
    return {
        "offering": place.town.houses["ours"].rows["offering"].pk,
        **days(starts_on=date(2027, 2, 3), closes_on=date(2027, 1, 20)),
        "start_time": "9am",
        "end_time": "4pm",
        "place": "Room 1",
        "capacity": "10",
    }


def _sent_by_program(place: Place) -> dict[str, Any]:
    """A place for the person on a session that is offered to them."""
    is_below = place.house.name != "stranger"
    session = place.town.session_of_board if is_below else place.house.rows["session_asked_for"]
    return {"person_id": place.target.person.pk, "session_id": session.pk}


_HOST = frozenset({"host", "host.id", "host.name", "host.ods_code"})
_ACCREDITATION = frozenset(
    {"body", "level", "credits", "credit_scheme", "reference", "starts_on", "ends_on"}
)
_AWARD = frozenset({"code", "title", "kind", "level", "body", "is_optional"})
_OFFERING = (
    _HOST
    | {"id", "route", "mode", "admission", "languages", "price_pence", "study_hours"}
    | {"starts_on", "ends_on", "is_open", "provider", "awards", "accreditations"}
    | {f"provider.{name}" for name in ("id", "name", "ods_code")}
    | {f"awards.{name}" for name in _AWARD}
    | {f"accreditations.{name}" for name in _ACCREDITATION}
    | {"provider_accreditations"}
    | {f"provider_accreditations.{name}" for name in _ACCREDITATION}
)
_COURSE = (
    frozenset({"id", "code", "title", "summary", "audience", "provider", "award", "length"})
    | {"mode", "study_hours", "cost_pence", "awards", "accreditations", "offerings"}
    | {"prerequisites", "mandates"}
    | {f"awards.{name}" for name in _AWARD}
    | {f"accreditations.{name}" for name in _ACCREDITATION}
    | {f"offerings.{name}" for name in _OFFERING}
)
# Of a programme that asks for something first or is mandatory, which none that people enrol on
# here does or is.
_AUTHORED = frozenset(
    f"prerequisites.{name}" for name in ("course_id", "competency_id", "level", "title")
) | {
    *("mandates.role_profile_id", "mandates.starts_on", "mandates.ends_on"),
    "mandates.organisation",
    *(f"mandates.organisation.{name}" for name in ("id", "name", "ods_code")),
}
_TIMES = frozenset({"starts_at", "ends_at", "opens_at", "closes_at", "withdraw_by"})
_SESSION_FIELDS = (
    _HOST
    | _TIMES
    | {"id", "course_id", "course_title", "offering_id", "place"}
    | {"capacity", "places_left", "minimum", "offer_hours", "waiting", "state"}
    | {"meetings"}
    | {f"meetings.{name}" for name in ("id", "starts_at", "ends_at", "title")}
    | {f"meetings.{name}" for name in ("room", "venue", "is_online")}
)
_ENROLMENT = frozenset(
    {
        "id",
        "person_id",
        "organisation_id",
        "session_id",
        "course_id",
        "course_title",
        "state",
        "basis",
        "place_in_queue",
        "study_hours",
        "requested_at",
        "offer_ends_at",
        "moved_from_id",
        "confirmed_at",
        "decided_at",
        "decided_by_rule",
        "approval_stage",
        "approval_asked",
        "approval_due_on",
        "refusal_reason",
        "refused_until",
        "ended_at",
    }
)


RULES: list[Rule] = [
    ones_own("courses:programme_list", get=OWN),
    # The catalogue is open to everybody.
    about_organisation("courses:programme_show", "programme", get=OWN),
    ones_own("courses:enrolment_list", get=OWN),
    about_person("courses:enrolment_withdraw", "request", get=Access(_SELF), post=Access(_SELF)),
    about_person("courses:enrolment_timeline", "request", get=Access(_REQUEST)),
    about_person(
        "courses:approval_decide",
        "request",
        get=Access(_SOMEBODY_ELSES, may=_DECIDES, hides=_SELF),
        post=Access(
            _SOMEBODY_ELSES,
            may=_DECIDES,
            hides=_SELF,
            body=lambda place: {"decision": "APPROVE"},
        ),
    ),
    ones_own("courses:session_list", get=OWN),
    ones_own(
        "courses:session_open",
        get=Access(holding(*_RUNNERS), unseen=403),
        post=Access(holding(*_RUNNERS), unseen=403, body=_new_session),
    ),
    about_organisation("courses:session_show", "session", get=Access(_ASKED)),
    about_organisation(
        "courses:session_enrol",
        "session",
        post=Access(
            _ASKED,
            body=lambda place: {"reason": "To lead"},
            # Who has left sees what they once asked for, and is offered nothing more.
            but={("gone", "ours"): 403},
        ),
    ),
    about_organisation("courses:session_register", "session", get=Access(_ASKED, may=_RUNS)),
    about_organisation(
        "courses:session_resize",
        "session",
        get=Access(_ASKED, may=_RUNS),
        post=Access(_ASKED, may=_RUNS, body=lambda place: {"capacity": "50"}),
    ),
    about_organisation(
        "courses:session_cancel",
        "session",
        get=Access(_ASKED, may=_RUNS),
        post=Access(_ASKED, may=_RUNS, body=lambda place: {"reason": "ROOM", "text": "Fire"}),
    ),
    ones_own(
        "v1:course_list",
        get=Access(scope="courses:read", fields=page_of(_COURSE | _AUTHORED)),
    ),
    about_organisation(
        "v1:course_show", "programme", get=Access(scope="courses:read", fields=_COURSE)
    ),
    ones_own("v1:session_list", get=Access(scope="courses:read", fields=page_of(_SESSION_FIELDS))),
    about_organisation(
        "v1:session_show",
        "session",
        get=Access(_ASKED, scope="courses:read", fields=_SESSION_FIELDS),
    ),
    Rule(
        "v1:enrolment_list",
        {
            "get": Access(scope="enrolments:read", fields=page_of(_ENROLMENT)),
            "post": Access(
                SEES_RECORD | {Tie.CLIENT, Tie.DELEGATE},
                may=frozenset({Tie.SELF, Tie.CLIENT}),
                unseen=400,
                # Who has left is offered no session: it is as if there were none.
                but={("gone", "actor"): 400},
                scope="enrolments:write",
                body=_sent_by_program,
                fields=_ENROLMENT,
            ),
        },
        of="person",
    ),
    about_person(
        "v1:enrolment_show",
        "request",
        get=Access(_REQUEST | {Tie.CLIENT}, scope="enrolments:read", fields=_ENROLMENT),
    ),
    about_person(
        "v1:enrolment_withdraw",
        "request",
        post=Access(
            _REQUEST | {Tie.CLIENT},
            may=frozenset({Tie.SELF, Tie.CLIENT}),
            scope="enrolments:write",
            fields=_ENROLMENT,
        ),
    ),
]
