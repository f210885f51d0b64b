"""Whatever else a form or a program sends along, only what the address asks for is changed.

Every write is done twice from the same state: as it is meant, and with every column of the app's
tables, and those of other products, sent along in many shapes. What it leaves must be the same.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from tests.security.matrix.actors import ACTORS
from tests.security.matrix.every_rule import RULES
from tests.security.matrix.rules import Place, Rule, expected
from tests.security.matrix.walk import path_of

pytestmark = pytest.mark.django_db

_ALSO = (
    "id",
    "pk",
    "owner",
    "owner_id",
    "organisation",
    "state",
    "status",
    "decided_by",
    "approved_by",
    "is_active",
    "is_staff",
    "is_superuser",
    "user_permissions",
    "groups",
    "by",
    "person",
    "person_id",
    "person.id",
    "person[id]",
    "person__id",
)
_WRITES = [
    (rule.address, method) for rule in RULES.values() for method in rule.methods if method != "get"
]
# Forms that ask for more than the sample sends.
_CONDITION = {"awarding_body", "months", "staff_group", "in_management"}
_FRAMEWORK = {"publisher", "audience", "licence"}
_COMPETENCY = {"about", "scale", "is_assessable"}
_STEP = {"adds", "note"}
_ROLE = {"summary", "family", "band", "top_band", "staff_groups"}
_RESOURCE = {"about", "url", "minutes"}
_WORDS = {"about", "audience", "length", "study_hours", "cost_pence"}
_OFFERING = {"provider", "mode", "study_hours", "offer_hours"}
_MEETING = {"room", "online_link"}
_VENUE = {
    *("address", "is_step_free", "has_hearing_loop", "has_accessible_toilet", "has_quiet_room"),
    "access_text",
}
OPTIONAL: dict[str, set[str]] = {
    "courses:training_person": {"note"},
    "courses:training_rules": {"role", "staff_group"},
    "courses:training_subjects": {"labels", "lower_apart", "months"},
    "appraisals:plan_action_add": {"programme", "competency"},
    "courses:absence_explain": {"text"},
    "courses:completion_rule": {"needs_evaluation", "needs_result", "least_result"},
    "courses:external_learning_add": {"provider", "evidence"},
    "courses:evaluation_answer": {"time", "more"},
    "courses:approval_decide": {"reason"},
    "courses:approval_list": {"reason", "text"},
    "courses:approval_rule": {"unasked_up_to", "second_above", "second_approver"},
    "courses:certificate_issue": {"hours"},
    "courses:accreditation_add": {"level", "credits", "credit_scheme", "reference", "ends_on"},
    "courses:accreditation_show": {
        *("note", "level", "credits", "credit_scheme", "reference", "starts_on", "ends_on"),
    },
    "courses:own_programme_list": _WORDS,
    "courses:own_programme_show": _WORDS,
    "courses:offering_add": _OFFERING,
    "courses:offering_show": _OFFERING,
    "courses:intake_plan": {
        *(f"question_{number}" for number in range(2, 6)),
        *(f"{part}_{number}" for part in ("criterion", "weight") for number in range(1, 5)),
        *("quorum", "asks_sponsor"),
    },
    "courses:fund_add": {"holder", "person", "programmes"},
    "courses:session_open": {"minimum"},
    # Of the other form of the page, about when people can ask and withdraw.
    "courses:session_resize": {
        *("step", "opens_on", "opens_time", "closes_on", "closes_time", "withdraw_on"),
        *("withdraw_time", "place", "minimum", "offer_hours"),
    },
    "courses:session_meetings": _MEETING,
    "courses:meeting_change": _MEETING,
    "courses:venue_list": _VENUE,
    "courses:venue_show": _VENUE,
    "accounts:retention_rule_change": {"is_confirmed", "is_automatic", "is_duty"},
    "accounts:hold_set": {"email"},
    "accounts:emergency_open": {"withheld_because"},
    "pathways:assessment_question": {"note"},
    "pathways:authoring_create": _FRAMEWORK,
    "pathways:authoring_edit": _FRAMEWORK,
    "pathways:assessor_appoint": {"framework"},
    "pathways:claim_decide": {"statement"},
    "pathways:claim_submit": {"provider", "evidence"},
    "pathways:competency_add": _COMPETENCY,
    "pathways:competency_edit": _COMPETENCY,
    "pathways:condition_add": _CONDITION,
    "pathways:condition_change": _CONDITION,
    "pathways:domain_add": {"about"},
    "pathways:domain_edit": {"about"},
    "pathways:edition_edit": {"change_summary"},
    "pathways:evidence_add_file": {"text"},
    "pathways:evidence_add_link": {"text"},
    "pathways:evidence_change": {"text"},
    "pathways:group_add": {"is_essential"},
    "pathways:group_add_inside": {"is_essential"},
    "pathways:group_change": {"is_essential"},
    "pathways:qualification_add": {"awarding_body", "level"},
    "pathways:resource_add": _RESOURCE,
    "pathways:resource_change": _RESOURCE,
    "pathways:review_ask": {"message"},
    "pathways:role_describe": _ROLE,
    "pathways:role_draft": _ROLE | {"is_family"},
    "pathways:step_add": _STEP,
    "pathways:step_change": _STEP,
    "pathways:verification_answer": {"statement"},
    "pathways:verification_ask": {"message", "evidence"},
}
_COUNTS = """
SELECT relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
 WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
# A session notes its own key, the ledger's chain hashes the numbers of new rows, and the numbers of
# certificates are drawn by lot.
_OF_THE_MOMENT = re.compile(
    r"\\+x[0-9a-f]+|wm_[\w-]+|[0-9a-zA-Z_$=+/,.-]{24,}"
    r"|\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b|'index': \d+"
)
# Columns that name somebody.
_NAMES = r"\w*(?:person|subject|manager|by|owner|recipient|delegate|appraiser|user)\w*_id"
_LEFT_OUT = {"django_session", "usersessions_usersession"}


def sent_along(rule: Rule, body: dict[str, Any], victim: int) -> Iterator[tuple[str, Any]]:
    """Every column of the app's tables that the address does not ask for."""
    app = rule.address.partition(":")[0]
    known = apps.get_app_config(app).get_models() if app != "v1" else apps.get_models()
    names = {field.attname for model in known for field in model._meta.concrete_fields}
    names |= {name.removesuffix("_id") for name in names} | set(_ALSO)
    asked = {re.sub(r"_(day|month|year)$", "", name) for name in body} | OPTIONAL.get(
        rule.address, set()
    )
    for name in sorted(names - asked - set(body)):
        yield name, victim


def effect(client: Any, rule: Rule, method: str, place: Place, body: Any) -> tuple[int, Any]:
    """The answer, and what was written: how many rows of which tables, and what is in them."""
    with transaction.atomic():
        before = _counts()
        send = getattr(client, method)
        status = send(path_of(rule, place), body, **rule.options(method)).status_code
        after = _counts()
        written = {
            name: after[name] - before[name] for name in after if after[name] != before[name]
        }
        # What people answer for monitoring is encrypted anew each time, and not to be read here.
        readable = {name for name, _kind in written if "equality" not in name}
        tables = sorted(readable - _LEFT_OUT)
        rows = {table: _rows(table) for table in tables}
        transaction.set_rollback(True)
    kept = {name: count for name, count in written.items() if name[0] not in _LEFT_OUT}
    return status, (kept, rows)


def _counts() -> Counter[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        return Counter(
            {
                (row[0], kind): count
                for row in cursor.fetchall()
                for kind, count in zip(("new", "changed", "gone"), row[1:], strict=True)
            }
        )


def _rows(table: str) -> list[str]:
    """The rows of a table as text; numbers above any that the town has are those of new rows."""
    name = ".".join(connection.ops.quote_name(part) for part in table.replace('"', "").split("."))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(kept) - 'id' FROM {name} kept")  # noqa: S608
        texts = [_OF_THE_MOMENT.sub("…", str(row[0])) for row in cursor.fetchall()]
    return sorted(texts)


def somebody_who_may(town: Any, rule: Rule, method: str) -> Place:
    """The first actor and row for which it is done."""
    for actor in ACTORS.values():
        targets = town.targets.values() if rule.of == "person" else [None]
        houses = town.houses.values() if rule.of == "organisation" else [town.houses["ours"]]
        for target in targets:
            for house in houses:
                place = Place(town, actor, target.house if target else house, target)
                if rule.row and place.row(rule.row) is None:
                    continue
                if expected(rule, method, place).is_done:
                    return place
    raise LookupError(f"Nobody may {method} {rule.address}.")


@pytest.mark.parametrize(("address", "method"), _WRITES)
def test_what_is_sent_along_changes_nothing(matrix_town, address, method):
    rule = RULES[address]
    try:
        place = somebody_who_may(matrix_town, rule, method)
    except LookupError:
        pytest.skip("nobody may do it to any of these rows")
    with transaction.atomic():
        client = place.actor.cast(matrix_town)
        body = dict(rule.methods[method].body(place))
        victim = matrix_town.targets["stranger"].person.pk
        along = dict(sent_along(rule, body, victim))
        meant = effect(client, rule, method, place, body)
        more = effect(client, rule, method, place, {**along, **body})
        transaction.set_rollback(True)

    assert len(along) > 20
    if rule.is_api:
        assert (more[0], more[1][0]) == (400, {})
    else:
        assert more[0] == meant[0]
        assert more[1][0] == meant[1][0]
        assert _in_short(more[1][1], victim) == _in_short(meant[1][1], victim)
        assert meant[0] < 400 or meant[0] == rule.methods[method].as_things_are


def _in_short(rows: dict[str, list[str]], victim: int) -> dict[str, list[str]]:
    """Rows without numbers, since new rows get new ones each time; but who the victim is stays."""
    return {
        table: sorted(
            re.sub(r"\b\d+\b", "#", re.sub(rf'("{_NAMES}"): {victim}\b', r"\1: VICTIM", text))
            for text in texts
        )
        for table, texts in rows.items()
    }


def test_somebody_else_s_number_in_a_row_is_found():
    """Without this the comparison could pass because it looks at too little."""
    meant, more = (f'{{"id": 5, "person_id": {number}, "kind": "A"}}' for number in (7, 9))

    assert _in_short({"a": [meant]}, 9) != _in_short({"a": [more]}, 9)
    assert _in_short({"a": [meant]}, 8) == _in_short({"a": [more.replace("5", "6")]}, 8)
