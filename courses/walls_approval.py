"""Row-level security of stages, contests and the rules of organisations."""

from accounts.walls import Declared, Organisation, Parent

WALLS: Declared = {
    # What was asked and answered about a request is seen with the request.
    "courses_approval": Parent("enrolment_id", "courses_enrolment"),
    "courses_contest": Parent("enrolment_id", "courses_enrolment"),
    # A rule is told to everybody for whom it holds, and says nothing about anybody.
    "courses_approvalrule": Organisation(is_shared=True, or_national=True),
}
