"""Row-level security of mandatory training: subjects and rules are shared downwards, records belong
to people."""

from accounts.walls import AnyOf, Concerning, Declared, Member, Organisation, Parent

_RULE = Organisation(is_shared=True, or_national=True)

WALLS: Declared = {
    "courses_subject": Organisation("owner_id", is_shared=True, or_national=True),
    "courses_subjectlevel": Parent("subject_id", "courses_subject"),
    # Seen with what teaches it: what a trust runs for itself is nobody else's business.
    "courses_subjecttaught": AnyOf(
        (
            Parent("programme_id", "courses_programme"),
            Parent("offering_id", "courses_offering"),
        )
    ),
    "courses_refreshperiod": _RULE,
    "courses_renewalrule": _RULE,
    "courses_subjectrequirement": Organisation(is_shared=True),
    # Training counts wherever somebody works, so it is open where a place of theirs is.
    "courses_subjectrecord": Member(),
    "courses_subjectexemption": AnyOf((Organisation(), Concerning())),
    "courses_trainingimport": Organisation(),
    "courses_trainingimportline": Parent("imported_id", "courses_trainingimport"),
}
