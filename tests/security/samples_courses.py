"""Samples of the addresses of courses, those of its endpoints included."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.factories.clock import TODAY
from tests.factories.results import sent_results
from tests.factories.selection import CLOSES
from tests.security.houses import House
from tests.security.sample import Sample, day_of

_MEETS = {
    "held_on_day": "3",
    "held_on_month": "3",
    "held_on_year": "2027",
    "start_time": "9am",
    "end_time": "4pm",
}


def _ticked(prefix: str, row: str) -> Callable[[House], Mapping[str, Any]]:
    return lambda house: {f"{prefix}-people": [house.rows[row].pk]}


def _marked_present(house: House) -> Mapping[str, Any]:
    return {f"mark_{house.rows['place_begun'].pk}": "PRESENT"}


def _results(house: House) -> Mapping[str, Any]:
    return {"file": sent_results(house.rows["place_begun"])}


def _elsewhere(house: House) -> Mapping[str, Any]:
    return {"session": house.rows["elsewhere"].pk}


def _whoever_asks(house: House) -> Mapping[str, Any]:
    swap: Any = house.rows["swap"]
    return {"session": swap.session_id, "email": swap.asker.email}


def _by_number(house: House) -> Mapping[str, Any]:
    return {"session_id": house.rows["elsewhere"].pk}


def _answered(house: House) -> Mapping[str, Any]:
    question = house.rows["intake"].questions.get()
    return {f"answer_{question.pk}": "To lead.", "act": "save"}


def _points(house: House) -> Mapping[str, Any]:
    intake: Any = house.rows["panel_intake"]
    given = {"act": "scores"}
    for criterion in intake.criteria.all():
        given |= {f"points_{criterion.pk}": "3", f"reason_{criterion.pk}": "Shown."}
    return given


_INTAKE = {
    "guidance": "For people who lead a service.",
    "places": "3",
    "closes_time": "10am",
    "offer_days": "7",
    "question_1": "Why do you apply?",
    "most_words": "200",
    **day_of("opens_on", TODAY),
    **day_of("closes_on", CLOSES.date()),
    **day_of("decided_on", CLOSES.date()),
}
COURSES: dict[str, Sample] = {
    "courses:intake_apply": Sample("intake", bodies=_answered),
    "courses:intake_show": Sample("intake", "learning"),
    "courses:intake_plan": Sample("session_chosen_for", "learning", _INTAKE),
    "courses:application_show": Sample("application", body={"act": "withdraw"}),
    "courses:sponsor_statement": Sample("sponsor_statement", body={"text": "They lead well."}),
    "courses:application_decide": Sample(
        "application", "learning", {"step": "reserve", "reasons": "Strong in every answer."}
    ),
    "courses:intake_panel": Sample("panel_intake", "learning"),
    "courses:application_assess": Sample("panel_application", "learning", bodies=_points),
    "courses:application_interest": Sample(
        "panel_application", "learning", {"what": "We worked together."}
    ),
    "courses:training_person": Sample("person", "manager"),
    "courses:training_subject": Sample(
        "training_subject", "learning", {"step": "end", "confirm": "on"}
    ),
    "courses:training_import": Sample("training_import", "hr", {"leave_out": "on"}),
    "courses:study_time_show": Sample("study_time"),
    "courses:study_time_rules": Sample("organisation", "learning"),
    "courses:enrolment_withdraw": Sample("request", body={}),
    "courses:session_meetings": Sample("session", "learning", _MEETS),
    "courses:meeting_change": Sample("meeting", "learning", _MEETS),
    "courses:venue_show": Sample("venue", "learning", {"name": "Annexe"}),
    "courses:enrolment_calendar": Sample("offered"),
    "courses:enrolment_release": Sample(
        "late_place", "learning", {"reason": "LEFT", "text": "Told by phone"}
    ),
    "courses:enrolment_move": Sample("turn", bodies=_elsewhere),
    "courses:swap_ask": Sample("swap_place", bodies=_whoever_asks),
    "courses:swap_answer": Sample("swap", body={"answer": "DECLINE"}),
    "courses:offer_answer": Sample("offered", body={"answer": "DECLINE"}),
    "courses:contest_make": Sample("refused", body={"text": "The ward is covered."}),
    "courses:contest_answer": Sample(
        "contest", "learning", {"step": "uphold", "answer": "Nobody covers the nights."}
    ),
    "courses:approval_decide": Sample("request", "manager", {"decision": "APPROVE"}),
    "courses:statement_show": Sample("statement", "learning", {"issue": "yes"}),
    "courses:statement_pdf": Sample("statement", "learning", {}),
    "v1:statement_lines": Sample("statement", "client"),
    "courses:session_seats": Sample("session", "learning"),
    "courses:fund_show": Sample("fund", "learning", {"amount": "20,000"}),
    "courses:own_programme_show": Sample("own_programme", "learning", {"step": "TAKE_OUT"}),
    "courses:offering_show": Sample("offering", "learning", {"step": "CLOSE"}),
    "courses:accreditation_show": Sample("accreditation", "learning", {"step": "submit"}),
    "courses:session_show": Sample("session"),
    "courses:session_enrol": Sample("session", "hr", {"reason": "To lead"}),
    "courses:session_register": Sample("session", "learning"),
    "courses:session_attendance": Sample("session_begun", "learning", bodies=_marked_present),
    "courses:session_complete": Sample(
        "session_over", "learning", bodies=_ticked("completed", "attended")
    ),
    "courses:session_results": Sample("session_begun", "learning", bodies=_results),
    "courses:result_file": Sample("result_file", "learning", {"step": "undo"}),
    "courses:enrolment_complete": Sample("attended", "learning", {"how": "WHOLE"}),
    "courses:completion_rule": Sample(
        "offering", "learning", {"least_share": "80", **day_of("starts_on", TODAY)}
    ),
    "courses:session_evaluation": Sample("session_over", "learning"),
    "courses:offering_evaluation": Sample("offering", "learning"),
    "courses:evaluation_answer": Sample("partial", body={"useful": "4"}),
    "courses:training_record_of": Sample("person", "manager"),
    "courses:absence_explain": Sample("missed", body={"reason": "LEAVE"}),
    "courses:session_resize": Sample("session", "learning", {"capacity": "12"}),
    "courses:session_cancel": Sample("session", "learning", {"reason": "ROOM", "text": "Fire"}),
    "courses:certificate_list_of_person": Sample("person", "manager"),
    "courses:certificate_show": Sample("certificate", "manager", attribute="public_id"),
    "courses:certificate_timeline": Sample("certificate", "manager", attribute="public_id"),
    "courses:certificate_pdf": Sample("certificate", "manager", {}, attribute="public_id"),
    "courses:certificate_file": Sample(
        "certificate", attribute="public_id", further={"kind": lambda house: "svg"}
    ),
    "courses:certificate_revoke": Sample(
        "certificate",
        "learning",
        {"reason": "OTHER", "text": "It was another day"},
        attribute="public_id",
    ),
    "courses:certificate_reissue": Sample(
        "certificate",
        "learning",
        {"person_name": "Another name", "reason": "Married", **day_of("completed_on", TODAY)},
        attribute="public_id",
    ),
    "courses:key_end": Sample(
        "signing_key", "administrator", {}, further={"step": lambda house: "change"}
    ),
    "courses:enrolment_timeline": Sample("request", "manager"),
    "v1:session_show": Sample("session", "client"),
    "v1:enrolment_show": Sample("request", "client"),
    "v1:study_time_show": Sample("study_time", "client"),
    "v1:enrolment_withdraw": Sample("request", "client", {}),
    "v1:enrolment_move": Sample("turn", "client", bodies=_by_number),
    "v1:enrolment_answer": Sample("offered", "client", {"answer": "DECLINE"}),
}
