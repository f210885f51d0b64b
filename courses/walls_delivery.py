"""Row-level security of registers and of what it takes to complete: with what they belong to."""

from accounts.walls import ORGANISATIONS, AnyOf, Declared, Organisation, Parent, Written

# What was answered is read where the session is run; whoever answers does it through the service.
_RUN_THERE = Written(
    "EXISTS (SELECT FROM courses_session held"
    " JOIN courses_offering run ON run.id = held.offering_id"
    " WHERE held.id = {table}.session_id"
    f" AND (run.host_id = {ORGANISATIONS} OR run.provider_id = {ORGANISATIONS}))"
)

# A form of the host is read with the answers to it by whoever teaches there.
_ANSWERED_THERE = Written(
    "EXISTS (SELECT FROM courses_evaluationbox used WHERE used.form_id = {table}.id)"
)

WALLS: Declared = {
    "courses_meetingmark": Parent("enrolment_id", "courses_enrolment"),
    "courses_completionexception": Parent("enrolment_id", "courses_enrolment"),
    "courses_partialcredit": Parent("enrolment_id", "courses_enrolment"),
    "courses_completionrule": Parent("offering_id", "courses_offering"),
    "courses_evaluationform": AnyOf(
        (Organisation(is_shared=True, or_national=True), _ANSWERED_THERE)
    ),
    "courses_evaluationquestion": Parent("form_id", "courses_evaluationform"),
    "courses_evaluationbox": _RUN_THERE,
    "courses_evaluationinvitation": Parent("enrolment_id", "courses_enrolment"),
    "courses_resultfile": _RUN_THERE,
    "courses_resultline": Parent("file_id", "courses_resultfile"),
    "courses_assessmentresult": Parent("enrolment_id", "courses_enrolment"),
    "courses_externallearning": Parent("claim_id", "pathways_priorlearningclaim"),
}
