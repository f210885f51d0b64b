"""Which page is opened as whom: one line for every page, so that none is forgotten."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import get_converters
from django.utils.timezone import localdate

from accounts.models import (
    ApiClient,
    ApiClientSecret,
    EmergencyAccess,
    Person,
)
from appraisals.models import Cycle, DevelopmentPlan
from config.demo.names import DOMAIN
from notifications.models import KeptMail
from pathways.models import (
    AssessorAppointment,
    FrameworkVersion,
    RoleProfile,
    VerificationRequest,
)
from pathways.selectors.assessment import assessment_of
from talent.models import Pool, TalentProfile
from tests.every_page import authoring, courses
from tests.every_page.arguments import (
    ADMINISTRATOR,
    AMARA,
    AUDITOR,
    DANIEL,
    HR,
    LEARNING,
    NIAMH,
    PRIYA,
    TALENT,
    Arguments,
    any_of,
    appraiser_about_to_sign,
    claim_decided,
    claim_waiting,
    colleague,
    condition_of_draft,
    domain_of_draft,
    evidence_kept,
    first,
    group_of_draft,
    held_in,
    holder_of_qualification,
    nothing,
    objective_of,
    opened_now,
    own,
    own_pool,
    own_word,
    panel_member,
    place_audited,
    reporting,
    request_to_confirm,
    resource_kept,
    role_called,
    role_of_somebody_else,
    skill_of_report,
    skill_shown,
    step_of_draft,
    stood_in_for,
    waiting_nomination,
    who_audits,
    who_coaches,
    with_a_stand_in,
)
from tests.every_page.drafts import (
    A_COMPETENCY,
    A_MISTAKE,
    a_draft,
    a_fetch,
    a_file,
    a_tied_competency,
    who_writes_frameworks,
)


@dataclass(frozen=True)
class Place:
    """A page, opened by ``reader`` with the ``arguments`` of its address."""

    name: str
    reader: str | Callable[[], Person] | None
    arguments: Arguments = nothing
    query: str = ""

    def path(self) -> str:
        return reverse(self.name, kwargs=self.arguments(self.person())) + self.query

    def person(self) -> Person | None:
        if callable(self.reader):
            return self.reader()
        return Person.objects.get(email=f"{self.reader}@{DOMAIN}") if self.reader else None

    def __str__(self) -> str:
        reader = self.reader.__name__ if callable(self.reader) else self.reader
        return f"{self.name}{self.query} as {reader}"


PLACES = [
    Place("account_login", None),
    Place("account_reset_password", None),
    Place("account_reset_password_done", None),
    Place("account_logout", AMARA),
    Place("demo:persona_list", None),
    Place("accounts:emergency_list", AUDITOR),
    Place("accounts:emergency_list", AMARA),
    Place("accounts:emergency_open", HR),
    Place("accounts:emergency_show", AUDITOR, any_of(EmergencyAccess)),
    Place("accounts:emergency_show", HR, opened_now),
    Place("accounts:role_list", ADMINISTRATOR),
    Place("accounts:role_list", AMARA),
    Place("accounts:role_find", ADMINISTRATOR),
    Place("accounts:role_find", ADMINISTRATOR, query="?words=hughes"),
    Place("accounts:role_find", ADMINISTRATOR, query="?words=nobody-is-called-this"),
    Place("accounts:role_give", ADMINISTRATOR, colleague),
    Place("accounts:role_end", ADMINISTRATOR, role_of_somebody_else),
    Place("accounts:stand_in_list", DANIEL, with_a_stand_in),
    Place("accounts:stand_in_list", AMARA),
    Place("accounts:stand_in_add", DANIEL),
    Place("accounts:stand_in_add", HR),
    Place("accounts:stand_in_end", DANIEL, stood_in_for),
    Place("accounts:equality_show", AMARA),
    Place("accounts:equality_answer", AMARA),
    Place("accounts:equality_stop", AMARA),
    Place("notifications:home", AMARA),
    Place("notifications:home", DANIEL),
    Place("notifications:home", LEARNING),
    Place("notifications:home", TALENT),
    Place("notifications:notice_list", AMARA),
    Place("notifications:mailbox_list", AMARA),
    Place("notifications:mailbox_show", AMARA, any_of(KeptMail)),
    Place("jobs:document_list", AMARA),
    Place("accounts:session_list", AMARA),
    Place("accounts:session_keep", AMARA),
    Place("accounts:colleague_find", ADMINISTRATOR),
    Place("accounts:colleague_show", ADMINISTRATOR, colleague),
    Place("mfa_index", AMARA),
    Place("jobs:information_show", AMARA),
    Place("jobs:information_ask_for", AUDITOR),
    Place("accounts:retention_list", AUDITOR),
    Place("accounts:retention_show", AUDITOR, place_audited),
    Place(
        "accounts:retention_rule_change",
        AUDITOR,
        lambda reader: {**place_audited(reader), "record_class": "TALENT"},
    ),
    Place("accounts:hold_set", AUDITOR, place_audited),
    Place("pathways:gap_mine", AMARA),
    Place("pathways:gap_show", DANIEL, reporting),
    Place("pathways:gap_team", DANIEL),
    Place("pathways:gap_team", DANIEL, query="?who=NEW"),
    Place("pathways:gap_team", AMARA),
    Place("pathways:gap_organisation", LEARNING),
    Place("pathways:gap_organisation", HR, query="?dimension=BAND"),
    Place("pathways:gap_organisation", LEARNING, query="?dimension=UNIT"),
    Place("pathways:signpost_mine", AMARA),
    Place("pathways:signpost_show", DANIEL, reporting),
    Place("pathways:resource_list", AMARA),
    Place("pathways:resource_list", LEARNING, query="?words=nothing-is-called-this"),
    Place("pathways:resource_add", LEARNING),
    Place("pathways:resource_change", LEARNING, resource_kept),
    Place("pathways:coach_list", who_coaches),
    Place("pathways:coach_list", AMARA),
    Place("pathways:coach_offer", AMARA),
    Place("pathways:import_new", LEARNING, a_draft),
    Place("pathways:import_show", LEARNING, a_file(A_COMPETENCY)),
    Place("pathways:import_show", LEARNING, a_file(A_MISTAKE)),
    Place("pathways:starter_list", AMARA),
    Place("pathways:starter_use", who_writes_frameworks),
    Place("pathways:package_start", who_writes_frameworks),
    Place("pathways:fetch_new", LEARNING, a_draft),
    Place("pathways:fetch_show", LEARNING, a_fetch("")),
    Place("pathways:fetch_show", LEARNING, a_fetch("FAILED")),
    Place("pathways:tie_list", LEARNING, a_tied_competency),
    Place("pathways:equivalence_list", LEARNING, a_draft),
    Place("pathways:map_show", AMARA),
    Place("pathways:assessment_show", AMARA),
    Place(
        "pathways:assessment_answer",
        AMARA,
        lambda reader: {"pk": FrameworkVersion.objects.first().domains.first().pk},
    ),
    Place("pathways:attainment_mine", AMARA),
    Place("pathways:attainment_mine", AMARA, query="?on_day=1&on_month=2&on_year=2026"),
    Place("pathways:attainment_history_mine", AMARA, skill_shown),
    Place("pathways:attainment_list", DANIEL, reporting),
    Place("pathways:attainment_history", DANIEL, skill_of_report),
    Place("pathways:attainment_close", AMARA, own_word),
    Place("pathways:claim_list", AMARA),
    Place("pathways:claim_list", DANIEL),
    Place("pathways:claim_submit", AMARA),
    Place("pathways:claim_show", DANIEL, claim_waiting),
    Place("pathways:claim_show", DANIEL, claim_decided),
    Place("pathways:claim_decide", DANIEL, claim_waiting),
    Place("pathways:evidence_list", AMARA),
    Place("pathways:evidence_add_file", AMARA),
    Place("pathways:evidence_add_link", AMARA),
    Place("pathways:evidence_add_reflection", AMARA),
    Place("pathways:evidence_show", AMARA, evidence_kept),
    Place("pathways:evidence_change", AMARA, evidence_kept),
    Place("pathways:evidence_remove", AMARA, evidence_kept),
    Place("pathways:assessment_check", AMARA),
    Place(
        "pathways:assessment_question",
        AMARA,
        lambda reader: {
            "pk": assessment_of(person=reader, on=localdate()).first_open.pk  # type: ignore[union-attr]
        },
    ),
    Place("pathways:verification_list", AMARA),
    Place("pathways:verification_list", DANIEL),
    Place("pathways:verification_ask", AMARA),
    Place("pathways:verification_show", AMARA, own(VerificationRequest, "subject")),
    Place("pathways:verification_waiting", DANIEL),
    Place("pathways:verification_answer", DANIEL, request_to_confirm),
    Place("pathways:verification_answer", NIAMH, request_to_confirm),
    Place("pathways:verification_answered", DANIEL),
    Place("pathways:sign_off_list", AMARA, lambda reader: {"pk": reader.pk}),
    Place("pathways:assessor_list", LEARNING),
    Place("pathways:assessor_list", AMARA),
    Place("pathways:assessor_appoint", DANIEL),
    Place("pathways:assessor_appoint", LEARNING),
    Place("pathways:assessor_end", LEARNING, any_of(AssessorAppointment)),
    Place("pathways:map_show", AMARA, query="?family=Nursing"),
    Place("pathways:role_routes", AMARA, role_called("chief-nurse")),
    Place("pathways:role_routes", AMARA, role_called("rota-coordinator")),
    Place("pathways:qualification_list", AMARA),
    Place("pathways:qualification_list", PRIYA),
    Place("pathways:qualification_add", AMARA),
    Place("pathways:qualifications_show", DANIEL, holder_of_qualification),
    Place("pathways:role_writing", LEARNING),
    Place("pathways:role_writing", LEARNING, query="?words=nothing-is-called-this"),
    Place("pathways:role_draft", LEARNING),
    Place("pathways:role_write", LEARNING, role_called("outpatient-clinic-manager")),
    Place("pathways:role_write", LEARNING, role_called("clinic-management")),
    Place("pathways:role_write", LEARNING, role_called("patient-flow-lead")),
    Place("pathways:role_describe", LEARNING, role_called("outpatient-clinic-manager")),
    Place("pathways:role_withdraw", LEARNING, role_called("patient-flow-lead")),
    Place("pathways:role_succeed", LEARNING, role_called("patient-flow-lead")),
    Place("pathways:role_family", LEARNING, role_called("outpatient-clinic-manager")),
    Place("pathways:role_ask", LEARNING, domain_of_draft),
    Place("pathways:group_add", LEARNING, role_called("outpatient-clinic-manager")),
    Place("pathways:group_add_inside", LEARNING, group_of_draft),
    Place("pathways:group_change", LEARNING, group_of_draft),
    Place("pathways:condition_add", LEARNING, group_of_draft),
    Place("pathways:condition_change", LEARNING, condition_of_draft),
    Place("pathways:step_add", LEARNING, role_called("patient-flow-lead")),
    Place("pathways:step_change", LEARNING, step_of_draft),
    Place("pathways:role_list", AMARA),
    Place("pathways:role_list", LEARNING),
    Place("pathways:role_show", AMARA, role_called("general-manager")),
    Place("pathways:role_show", AMARA, any_of(RoleProfile)),
    Place("pathways:framework_list", AMARA),
    Place("pathways:framework_show", AMARA, any_of(FrameworkVersion)),
    Place("pathways:edition_compare", AMARA, any_of(FrameworkVersion)),
    Place("pathways:crosswalk_show", AMARA, any_of(FrameworkVersion)),
    Place("accounts:organisation_choose", None),
    Place("accounts:identity_list", AMARA),
    Place("accounts:program_list", ADMINISTRATOR),
    Place("accounts:program_open", ADMINISTRATOR),
    Place("accounts:program_show", ADMINISTRATOR, any_of(ApiClient)),
    Place("accounts:program_narrow", ADMINISTRATOR, any_of(ApiClient)),
    Place("accounts:program_stop", ADMINISTRATOR, any_of(ApiClient)),
    Place("accounts:secret_revoke", ADMINISTRATOR, any_of(ApiClientSecret)),
    Place("appraisals:team_list", DANIEL),
    Place("appraisals:appraisal_list", DANIEL),
    Place("appraisals:status_list", HR),
    Place("appraisals:cycle_list", HR),
    Place("appraisals:cycle_plan", HR),
    Place(
        "appraisals:cycle_detail",
        HR,
        lambda reader: first(Cycle.objects.visible_to(reader, on=localdate())),
    ),
    Place("appraisals:appraisal_detail", DANIEL, held_in("DRAFTING")),
    Place("appraisals:appraisal_detail", appraiser_about_to_sign, held_in("SHARED")),
    Place("appraisals:appraisal_detail", DANIEL, held_in("SIGNED")),
    Place("appraisals:draft_write", AMARA, held_in("DRAFTING", by="subject")),
    Place("appraisals:draft_write", DANIEL, held_in("DRAFTING")),
    Place("appraisals:conversation_record", appraiser_about_to_sign, held_in("SHARED")),
    Place("appraisals:objective_add", appraiser_about_to_sign, held_in("SHARED")),
    Place("appraisals:objective_change", appraiser_about_to_sign, objective_of),
    Place("appraisals:plan_mine", AMARA),
    Place("appraisals:plan_show", AMARA, own(DevelopmentPlan)),
    Place("appraisals:plan_of_person", DANIEL, reporting),
    Place("appraisals:plan_action_add", AMARA, own(DevelopmentPlan)),
    Place("talent:overview", AMARA),
    Place("talent:overview", TALENT),
    Place("talent:consent_edit", AMARA),
    Place("accounts:reading_list", PRIYA),
    Place("accounts:ledger_search", who_audits),
    Place("accounts:ledger_search", who_audits, query="?verb=enrol"),
    Place("appraisals:appraisal_timeline", DANIEL, held_in("SIGNED")),
    Place("appraisals:plan_timeline", AMARA, own(DevelopmentPlan)),
    Place("talent:nomination_timeline", TALENT, waiting_nomination),
    Place("talent:profile_list", TALENT),
    Place("talent:profile_list", TALENT, query="?words=nobody-is-called-this"),
    Place(
        "talent:profile_show",
        TALENT,
        lambda reader: {"pk": TalentProfile.objects.visible_to(reader, on=localdate()).first().pk},
    ),
    Place("talent:pool_list", AMARA),
    Place(
        "talent:pool_show",
        TALENT,
        lambda reader: first(Pool.objects.visible_to(reader, on=localdate())),
    ),
    Place(
        "talent:nomination_add",
        AMARA,
        lambda reader: first(Pool.objects.visible_to(reader, on=localdate()).filter(is_open=True)),
    ),
    Place("talent:panel_add", TALENT, own_pool),
    Place("talent:panel_end", TALENT, panel_member),
    Place("talent:nomination_show", TALENT, waiting_nomination),
    *(Place(*row) for row in authoring.ROWS),
    *(Place(*row) for row in courses.ROWS),
]


# Opened elsewhere: a file, a mail on its own, work that has to be asked for first.
ELSEWHERE = {
    "pathways:workbook_template": "tests/pathways/test_import_views.py",
    "pathways:workbook_download": "tests/pathways/test_import_views.py",
    "jobs:job_show": "tests/journeys/test_year_plan.py",
    **dict.fromkeys(
        (
            "accounts:second_step",
            "accounts:second_step_done",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
            "mfa_add_webauthn",
            "mfa_reauthenticate_webauthn",
            "mfa_remove_webauthn",
            "mfa_edit_webauthn",
            "mfa_login_webauthn",
        ),
        "tests/journeys/test_second_step.py",
    ),
    "jobs:document_download": "tests/jobs/test_documents.py",
    "courses:calendar_feed": "tests/courses/test_sessions_calendars.py",
    "courses:enrolment_calendar": "tests/courses/test_sessions_calendars.py",
    "courses:certificate_file": "tests/courses/test_credentials_views.py",
    "courses:issuer_did": "tests/courses/test_credentials_checking.py",
    "courses:issuer_jwks": "tests/courses/test_credentials_checking.py",
    "courses:status_list": "tests/courses/test_credentials_checking.py",
    "pathways:evidence_download": "tests/pathways/test_evidence_views.py",
    "pathways:gap_team_file": "tests/pathways/test_gap_team.py",
    "notifications:mailbox_page": "tests/notifications/test_views.py",
    "appraisals:appraisal_hand_over": "tests/appraisals/test_handing_over.py",
    "accounts:organisation_show": "tests/accounts/test_open_id_browser.py",
    "accounts:organisation_go": "tests/accounts/test_open_id_browser.py",
    "accounts:organisation_done": "tests/accounts/test_open_id_browser.py",
    "accounts:identity_link": "tests/accounts/test_open_id.py",
    "talent:reading_list": "tests/accounts/test_ledger_reading.py",
    "api-schema": "tests/api/test_schema.py",
    "api-docs": "tests/api/test_schema.py",
}
# Part of the sign-in library, and closed or unused here.
NOT_OURS = ("account_", "case:", "idp:", "v1:")


_SAMPLES = {"int": 1, "str": "somebody", "slug": "step", "uuid": uuid.UUID(int=1)}


def addresses() -> dict[str, str]:
    """Every named address of the site but those of libraries and endpoints, with sample keys."""
    return {
        name: reverse(name, kwargs=arguments)
        for name, arguments in _names(get_resolver(), "")
        if not name.startswith(NOT_OURS)
    }


def _names(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield namespace + pattern.name, _sample_arguments(pattern)


def _sample_arguments(pattern: URLPattern) -> dict[str, Any]:
    kinds = {type(converter): name for name, converter in get_converters().items()}
    converters = pattern.pattern.converters
    return {name: _SAMPLES[kinds[type(kind)]] for name, kind in converters.items()}
