"""Row-level security of rounds, appraisals and plans."""

from accounts.walls import (
    ORGANISATIONS,
    AnyOf,
    Concerning,
    Declared,
    Member,
    Open,
    Organisation,
    Own,
    Parent,
    Written,
)

_FORM = "The standard form is public."

WALLS: Declared = {
    "appraisals_appraisalform": Open(_FORM),
    "appraisals_formquestion": Open(_FORM),
    # A round says when and for which organisation, and nothing of anybody.
    "appraisals_cycle": Organisation(is_shared=True),
    "appraisals_appraisal": AnyOf(
        (
            Concerning("subject_id"),
            Own(("appraiser_id",)),
            Written(
                "EXISTS (SELECT FROM appraisals_cycle round"
                f" WHERE round.id = {{table}}.cycle_id AND round.organisation_id = {ORGANISATIONS})"
            ),
        )
    ),
    "appraisals_draft": Parent("appraisal_id", "appraisals_appraisal"),
    "appraisals_objective": AnyOf((Concerning(), Parent("appraisal_id", "appraisals_appraisal"))),
    "appraisals_snapshot": Parent("appraisal_id", "appraisals_appraisal"),
    "appraisals_developmentplan": Member(),
    "appraisals_planaction": Parent("plan_id", "appraisals_developmentplan"),
}
