"""Every address of the site, read from the resolver, each with a row of somebody's and a body.

``SAMPLES`` has an entry for every address that names a row; a test fails when one is missing.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from appraisals.models import Appraisal, Side
from appraisals.selectors.reading import reading_of
from tests.factories.clock import TODAY
from tests.security.houses import House
from tests.security.sample import Sample, day_of
from tests.security.samples_courses import COURSES

NOWHERE: dict[str, Any] = {"int": 2**62, "uuid": uuid.UUID(int=2**100)}
# The sign-in library and its identity provider: their addresses name no row of ours but passkeys,
# which tests/accounts/test_sign_in_passkeys.py tries.
LIBRARY = ("account_", "idp:", "mfa_")


def _objective(house: House) -> Any:
    return house.rows["objective"].pk


def _having_read(house: House) -> Mapping[str, Any]:
    appraisal = Appraisal.objects.with_people().get(pk=house.rows["agreed"].pk)
    person = house.people["person"]
    reading = reading_of(appraisal=appraisal, actor=person, side=Side.SUBJECT, on=TODAY)
    return {"seen": reading.seen}


def _numbers(kind: str = "", **fields: str) -> Callable[[House], Mapping[str, Any]]:
    """For each field the number of a row of the house."""
    given = {"kind": kind} if kind else {}
    return lambda house: {
        **given,
        **{field: house.rows[name].pk for field, name in fields.items()},
    }


def _first_level(house: House) -> Mapping[str, Any]:
    levels = house.rows["writing"].scale.levels.order_by("rank")
    return {"level_id": levels[0].pk, "text": "Asks first.", "indicators": []}


_DUE = day_of("due_on", date(2027, 6, 30))
_WORDING = {"title": "Shorter waits", "measure": "Days", "version": "0", **_DUE}
_ACTION = {"kind": "SUPPORT", "title": "A mentor", **_DUE}
_RULE = {"keep_months": "24", "action": "REVIEW", "source": "Board paper", "reason": "Agreed"}
_GROUP = {"operator": "ALL", "background": "ANY"}
_DEGREE = {"kind": "QUALIFICATION", "title": "A degree", "level": "6"}
_AT_OBJECTIVE = {"objective_pk": _objective}
_UP = {"revision": "0", "step": "up"}

SAMPLES: dict[str, Sample] = {
    **COURSES,
    "accounts:emergency_show": Sample("emergency", "hr"),
    "accounts:emergency_end": Sample("emergency", "hr", {}),
    "accounts:emergency_review": Sample(
        "emergency", "auditor", {"verdict": "JUSTIFIED", "note": "The enquiry was real."}
    ),
    "accounts:role_give": Sample("person", "administrator"),
    "accounts:role_end": Sample("role_grant", "administrator", {}),
    "accounts:stand_in_end": Sample("delegation", "manager", {}),
    "accounts:program_show": Sample("program", "administrator"),
    "accounts:program_narrow": Sample("program", "administrator", {"scopes": ["people:read"]}),
    "accounts:program_stop": Sample("program", "administrator", {}),
    "accounts:secret_add": Sample("program", "administrator", {}),
    "accounts:secret_revoke": Sample("program_secret", "administrator", {}),
    "accounts:identity_unlink": Sample("identity", body={}),
    "accounts:session_end": Sample("session_elsewhere", body={}),
    "accounts:colleague_show": Sample("colleague", "hr"),
    "accounts:sign_in_stop": Sample("colleague", "hr", {}),
    "accounts:sign_in_allow": Sample("stopped", "hr", {}),
    "accounts:second_step_reset": Sample("colleague", "hr", {}),
    "accounts:retention_show": Sample("organisation", "auditor"),
    "accounts:retention_look": Sample("organisation", "auditor", {}),
    "accounts:retention_rule_change": Sample(
        "organisation", "auditor", _RULE, further={"record_class": lambda house: "TALENT"}
    ),
    "accounts:hold_set": Sample("organisation", "auditor", {"reason": "An inquiry"}),
    "accounts:hold_lift": Sample("hold", "auditor", {}),
    "jobs:job_show": Sample("job", attribute="public_id"),
    "jobs:document_download": Sample("document", attribute="public_id"),
    "pathways:assessment_answer": Sample("domain"),
    "pathways:gap_show": Sample("person", "manager"),
    "pathways:signpost_show": Sample("person", "manager"),
    "v1:person_gap": Sample("person", "manager"),
    "v1:person_signposts": Sample("person", "manager"),
    "v1:team_gap": Sample("person", "manager"),
    "v1:team_gap_people": Sample("person", "manager"),
    "pathways:resource_change": Sample("resource", "learning"),
    "pathways:resource_withdraw": Sample("resource", "learning", {}),
    "pathways:coach_end": Sample("coach_offer", "person", {}),
    "pathways:role_show": Sample("role"),
    "pathways:role_choose": Sample("role", "colleague", {}),
    "pathways:framework_show": Sample("framework"),
    "pathways:authoring_show": Sample("writing", "author"),
    "pathways:authoring_edit": Sample("writing", "author"),
    "pathways:edition_edit": Sample("writing", "author"),
    "pathways:domain_add": Sample("writing", "author"),
    "pathways:domain_edit": Sample("writing_domain", "author"),
    "pathways:domain_move": Sample("writing_domain", "author", _UP),
    "pathways:domain_remove": Sample("writing_domain", "author"),
    "pathways:competency_add": Sample("writing_domain", "author"),
    "pathways:competency_edit": Sample("writing_competency", "author"),
    "pathways:levels_edit": Sample("writing_competency", "author"),
    "pathways:competency_move": Sample("writing_competency", "author", _UP),
    "pathways:competency_move_to": Sample("writing_competency", "author"),
    "pathways:competency_remove": Sample("writing_competency", "author"),
    "pathways:people_list": Sample("writing", "author"),
    "pathways:people_end": Sample("collaborator", "author", {}),
    "pathways:comment_list": Sample("writing", "author"),
    "pathways:comment_reply": Sample("comment", "author", {"text": "One thing."}),
    "pathways:comment_settle": Sample("comment", "author", {}),
    "pathways:review_list": Sample("in_review", "author"),
    "pathways:review_ask": Sample("writing", "author"),
    "pathways:review_take_back": Sample("in_review", "author", {}),
    "pathways:review_show": Sample("review", "author"),
    "pathways:framework_publish": Sample("writing", "author"),
    "pathways:framework_retire": Sample("framework", "author"),
    "pathways:framework_print": Sample("framework"),
    "pathways:edition_compare": Sample("edition"),
    "pathways:edition_draft": Sample("edition", "author", {"label": "2031"}),
    "pathways:crosswalk_show": Sample("edition"),
    "pathways:crosswalk_say": Sample("edition", "author", {}),
    "pathways:crosswalk_confirm_stayed": Sample("edition", "author", {}),
    "pathways:crosswalk_carry": Sample("edition", "author", {}),
    "pathways:crosswalk_confirm": Sample("rule", "author", {"level_1": "2", "revision": "0"}),
    "pathways:assessment_question": Sample("competency"),
    "pathways:verification_show": Sample("verification", "manager"),
    "pathways:verification_answer": Sample("verification", "manager", {"confirm_all": "yes"}),
    "pathways:verification_withdraw": Sample("verification", body={}),
    "pathways:sign_off_list": Sample("person", "manager"),
    "pathways:assessor_end": Sample("appointment", "manager", {}),
    "pathways:role_routes": Sample("role"),
    "pathways:qualification_remove": Sample("qualification", body={}),
    "pathways:qualifications_show": Sample("person", "manager"),
    "pathways:qualification_check": Sample("qualification", "manager", {}),
    "pathways:role_write": Sample("role_draft", "author"),
    "pathways:role_describe": Sample("role_draft", "author", {"title": "Matron", "stage": "4"}),
    "pathways:role_publish": Sample("role_draft", "author", {}),
    "pathways:role_withdraw": Sample("role", "author", bodies=_numbers(replacement="next_role")),
    "pathways:role_discard": Sample("role_draft", "author", {}),
    "pathways:role_succeed": Sample("role", "author", bodies=_numbers(version="framework")),
    "pathways:role_bring": Sample("family", "author", {}),
    "pathways:role_ask": Sample(
        "role_draft",
        "author",
        bodies=lambda house: {f"level_{house.rows['role_competency'].pk}": "2"},
        further={"domain_pk": lambda house: house.rows["domain"].pk},
    ),
    "pathways:role_family": Sample("role_draft", "author", bodies=_numbers(family="family")),
    "pathways:role_take_level": Sample(
        "role_draft",
        "author",
        {},
        further={"competency_pk": lambda house: house.rows["role_competency"].pk},
    ),
    "pathways:group_add": Sample("role_draft", "author", _GROUP),
    "pathways:group_add_inside": Sample("condition_group", "author", _GROUP),
    "pathways:group_change": Sample("condition_group", "author", _GROUP),
    "pathways:group_remove": Sample("condition_group", "author", {}),
    "pathways:condition_add": Sample("condition_group", "author", _DEGREE),
    "pathways:condition_change": Sample("role_condition", "author", _DEGREE),
    "pathways:condition_remove": Sample("role_condition", "author", {}),
    "pathways:step_add": Sample(
        "role_draft", "author", bodies=_numbers(to_role="next_role", kind="PROMOTION")
    ),
    "pathways:step_change": Sample("step", "author", {"kind": "SIDEWAYS"}),
    "pathways:step_remove": Sample("step", "author", {}),
    "pathways:attainment_history_mine": Sample("competency"),
    "pathways:attainment_list": Sample("person", "manager"),
    "pathways:attainment_history": Sample(
        "person", "manager", further={"competency_pk": lambda house: house.rows["competency"].pk}
    ),
    "pathways:attainment_close": Sample(
        "level", "manager", {"reason": "No budget since", **day_of("last_day", TODAY)}
    ),
    "pathways:workbook_download": Sample("framework"),
    "pathways:import_new": Sample("import_draft", "author"),
    "pathways:import_show": Sample("import_checked", "author", attribute="public_id"),
    "pathways:import_apply": Sample("import_checked", "author", {}, attribute="public_id"),
    "pathways:import_check": Sample("import_checked", "author", {}, attribute="public_id"),
    "pathways:import_undo": Sample("import_applied", "author", {}, attribute="public_id"),
    "pathways:fetch_new": Sample(
        "tied_draft", "author", {"address": "https://case.example.org/package"}
    ),
    "pathways:fetch_show": Sample("package_fetch", "author", attribute="public_id"),
    "pathways:tie_list": Sample("tied", "author"),
    "pathways:equivalence_list": Sample("tied_draft", "author"),
    "pathways:equivalence_remove": Sample("equivalence", "author", {}),
    "pathways:tie_remove": Sample("tie", "author", {}),
    "pathways:claim_show": Sample("claim", "manager"),
    "pathways:claim_decide": Sample(
        "claim",
        "manager",
        bodies=lambda house: {f"accept_{house.rows['claimed_level'].pk}": "2"},
    ),
    "pathways:claim_withdraw": Sample("claim", body={}),
    "pathways:evidence_show": Sample("evidence", "manager", attribute="public_id"),
    "pathways:evidence_download": Sample("evidence", "manager", attribute="public_id"),
    "pathways:evidence_change": Sample(
        "evidence", body={"title": "Rota review"}, attribute="public_id"
    ),
    "pathways:evidence_remove": Sample("kept_evidence", body={}, attribute="public_id"),
    "appraisals:cycle_detail": Sample("cycle", "hr"),
    "appraisals:cycle_open": Sample("cycle", "hr", {}),
    "appraisals:appraisal_detail": Sample("agreed"),
    "appraisals:appraisal_timeline": Sample("agreed"),
    "appraisals:plan_timeline": Sample("plan", "manager"),
    "talent:nomination_timeline": Sample("nomination"),
    "appraisals:draft_write": Sample("drafting", body={"answer-went-well": "A", "version": "1"}),
    "appraisals:appraisal_share": Sample("drafting", body={}),
    "appraisals:appraisal_send_back": Sample("agreed", body={}),
    "appraisals:appraisal_sign": Sample("agreed", bodies=_having_read),
    "appraisals:appraisal_hand_over": Sample("left_behind", "hr", {}),
    "appraisals:conversation_record": Sample("agreed", body=day_of("met_on", TODAY)),
    "appraisals:objective_add": Sample("agreed", body=_WORDING),
    "appraisals:objective_change": Sample("agreed", body=_WORDING, further=_AT_OBJECTIVE),
    "appraisals:objective_remove": Sample("agreed", body={}, further=_AT_OBJECTIVE),
    "appraisals:plan_show": Sample("plan", "manager"),
    "appraisals:plan_pdf": Sample("plan", "manager", {}),
    "appraisals:plan_action_add": Sample("plan", body=_ACTION),
    "appraisals:plan_action_step": Sample(
        "action", body={}, further={"step": lambda house: "start"}
    ),
    "appraisals:plan_of_person": Sample("person", "manager"),
    "talent:profile_show": Sample("person", "talent"),
    "talent:readiness_judge": Sample(
        "person", "talent", {"readiness": "READY_NOW", "reason": "Led two services"}
    ),
    "talent:pool_show": Sample("pool"),
    "talent:panel_add": Sample("pool", "talent"),
    "talent:panel_end": Sample("panel_member", "talent", {}),
    "talent:nomination_add": Sample("pool", "colleague", {"who": "me", "reason": "I am ready"}),
    "talent:nomination_show": Sample("nomination"),
    "talent:nomination_decide": Sample(
        "nomination", "talent", {"step": "accept", "reason": "Led two services"}
    ),
    "talent:nomination_withdraw": Sample("nomination", body={}),
    "v1:person": Sample("person", "client"),
    "v1:attainment_close": Sample(
        "sent_level", "client", {"reason": "No budget since", "last_day": TODAY.isoformat()}
    ),
    "v1:edition_changes": Sample("edition", "client"),
    "v1:crosswalk_list": Sample("edition", "client"),
    "v1:crosswalk_fates": Sample("edition", "client"),
    "v1:crosswalk_progress": Sample("edition", "client"),
    "v1:crosswalk_stayed": Sample("edition", "client", {}),
    "v1:crosswalk_equivalents": Sample(
        "edition",
        "client",
        bodies=lambda house: {
            "before_id": house.rows["spare_competency"].pk,
            "after_id": house.rows["rule"].after_id,
        },
    ),
    "v1:crosswalk_confirm": Sample("rule", "client", {"revision": 0}),
    "v1:framework_show": Sample("framework", "client"),
    "v1:framework_workbook": Sample("framework", "client"),
    "v1:authoring_show": Sample("writing", "client"),
    "v1:framework_comments": Sample("writing", "client"),
    "v1:framework_comment_show": Sample("comment", "client"),
    "v1:framework_comment_reply": Sample("comment", "client", {"text": "Two things."}),
    "v1:framework_comment_settle": Sample("comment", "client", {}),
    "v1:framework_reviewers": Sample("writing", "client"),
    "v1:framework_reviews": Sample("writing", "client"),
    "v1:framework_take_back": Sample("in_review", "client", {}),
    "v1:framework_publish": Sample(
        "signed_off", "client", {"revision": 0, "valid_from": "2027-04-01"}
    ),
    "v1:framework_retire": Sample("spare_edition", "client", {"reason": "It is old."}),
    "v1:authoring_about": Sample("writing", "client", {"framework_revision": 0, "title": "Ours"}),
    "v1:authoring_next": Sample("edition", "client", {"edition": "2031"}),
    "v1:domain_list": Sample("writing", "client"),
    "v1:domain_show": Sample("writing_domain", "client"),
    "v1:domain_move": Sample("writing_domain", "client", {"revision": 0, "step": "up"}),
    "v1:domain_remove": Sample("writing_domain", "client", {"revision": 0}),
    "v1:domain_competencies": Sample(
        "writing_domain", "client", {"revision": 0, "code": "A.9", "title": "Listens"}
    ),
    "v1:competency_list": Sample("writing", "client"),
    "v1:competency_show": Sample("writing_competency", "client"),
    "v1:competency_levels": Sample(
        "writing_competency",
        "client",
        bodies=lambda house: {"revision": 0, "levels": [_first_level(house)]},
    ),
    "v1:competency_move": Sample("writing_competency", "client", {"revision": 0, "step": "up"}),
    "v1:competency_move_to": Sample(
        "writing_competency",
        "client",
        bodies=lambda house: {"revision": 0, "domain_id": house.rows["writing_domain"].pk},
    ),
    "v1:competency_remove": Sample("writing_competency", "client", {"revision": 0}),
    "v1:framework_imports": Sample("import_draft", "client"),
    "v1:framework_import_show": Sample("import_checked", "client"),
    "v1:framework_import_lines": Sample("import_checked", "client"),
    "v1:framework_import_apply": Sample("import_checked", "client", {}),
    "v1:framework_import_check": Sample("import_checked", "client", {}),
    "v1:framework_import_undo": Sample("import_applied", "client", {}),
    "v1:role_profile_show": Sample("role", "client"),
    "v1:role_routes": Sample(
        "next_role", "client", further={"start_pk": lambda house: house.rows["role"].pk}
    ),
    "v1:person_routes": Sample("person", "client"),
    "v1:pathway_step_show": Sample("step", "client"),
    "v1:step_remove": Sample("step", "client", {}),
    "v1:written_role_show": Sample("role_draft", "client"),
    "v1:role_levels": Sample(
        "role_draft",
        "client",
        bodies=lambda house: {
            "levels": [{"competency_id": house.rows["role_competency"].pk, "rank": 1}]
        },
    ),
    "v1:role_conditions": Sample("role_draft", "client", {"groups": []}),
    "v1:role_family": Sample("role_draft", "client", {"family": None}),
    "v1:step_add": Sample(
        "role_draft",
        "client",
        bodies=lambda house: {
            "to_role": house.rows["next_role"].pk,
            "kind": "PROMOTION",
            "usual_months": 24,
        },
    ),
    "v1:role_publish": Sample("role_draft", "client", {}),
    "v1:role_succeed": Sample("role", "client", bodies=_numbers(framework="framework")),
    "v1:role_withdraw": Sample("role", "client", bodies=_numbers(replacement="next_role")),
    "v1:role_discard": Sample("role_draft", "client", {}),
    "case:document_show": Sample("framework", "client", attribute="identifier"),
    "case:package_show": Sample("framework", "client", attribute="identifier"),
    "case:item_show": Sample("case_item", "client", attribute="identifier"),
    "case:item_associations": Sample("case_item", "client", attribute="identifier"),
    "case:tie_show": Sample("case_tie", "client", attribute="identifier"),
    "case:grouping_show": Sample("case_group", "client", attribute="identifier"),
    "case:concept_show": Sample("case_concept", "client", attribute="identifier"),
    "case:subject_show": Sample("case_subject", "client", attribute="identifier"),
    "case:item_type_show": Sample("case_item_type", "client", attribute="identifier"),
    "case:license_show": Sample("case_license", "client", attribute="identifier"),
    "case:rubric_show": Sample("case_rubric", "client", attribute="identifier"),
    "v1:plan-detail": Sample("plan", "client"),
}
# What everybody who has signed in may read, and why.
OPEN_TO_ALL = {
    "accounts:organisation_show": "where one may sign in is told to whoever wants to",
    "accounts:organisation_go": "the same, and on to the organisation",
    "accounts:organisation_done": "coming back; what came back says who it is",
    "accounts:identity_link": "one's own organisation, by its public code",
    "courses:programme_show": "the catalogue is open to everybody",
    "courses:issuer_did": "keys are published for whoever checks a certificate",
    "courses:issuer_jwks": "keys are published for whoever checks a certificate",
    "courses:status_list": "lists of what is revoked are published, and name nobody",
    "courses:certificate_check": "opens for whoever has the link, which nobody can guess",
    "courses:calendar_feed": "opens for whoever has the address, which nobody can guess",
    "v1:course_show": "the catalogue is open to everybody",
    "notifications:mailbox_show": "the mailbox is the demonstration's, where it exists at all",
    "notifications:mailbox_page": "the mailbox is the demonstration's, where it exists at all",
    "demo:persona_sign_in": "the demonstration's door, where it exists at all",
}


@cache
def arguments_of_addresses() -> dict[str, tuple[str, ...]]:
    """Name of each address -> the names of its arguments."""
    return dict(_named(get_resolver(), ""))


def _named(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _named(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            name = namespace + pattern.name
            if not name.startswith(LIBRARY):
                yield name, tuple(pattern.pattern.converters)


def path_to(name: str, house: House) -> str:
    """The address of the sample's row of ``house``."""
    return _reversed(name, SAMPLES[name].key(house), house)


def path_to_nothing(name: str, house: House) -> str:
    """The same address with a number that nothing has."""
    is_number = isinstance(SAMPLES[name].key(house), int)
    return _reversed(name, NOWHERE["int" if is_number else "uuid"], house)


def _reversed(name: str, key: Any, house: House) -> str:
    first = arguments_of_addresses()[name][0]
    further = {other: of(house) for other, of in SAMPLES[name].further.items()}
    return reverse(name, kwargs={first: key, **further})
