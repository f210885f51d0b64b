"""Row-level security of intakes and of what people send to be chosen."""

from accounts.walls import (
    ORGANISATIONS,
    AnyOf,
    Concerning,
    Declared,
    Organisation,
    Own,
    Parent,
    Written,
)

_OF_THE_SESSION = Written(
    "EXISTS (SELECT FROM courses_intake held WHERE held.id = {table}.intake_id"
    " AND held.session_id = (SELECT waymark_session()))"
)
_CHOSEN_THERE = Written(
    "EXISTS (SELECT FROM courses_intake held"
    " JOIN courses_session sat ON sat.id = held.session_id"
    " JOIN courses_offering run ON run.id = sat.offering_id"
    " WHERE held.id = {table}.intake_id AND"
    f" (run.host_id = {ORGANISATIONS} OR run.provider_id = {ORGANISATIONS}))"
)
# What a panel declared, scored and voted is kept by whoever chooses, and not seen with the answers.
_OF_THE_PANEL = Written(
    "EXISTS (SELECT FROM courses_application sent"
    " JOIN courses_intake held ON held.id = sent.intake_id"
    " JOIN courses_session sat ON sat.id = held.session_id"
    " JOIN courses_offering run ON run.id = sat.offering_id"
    " WHERE sent.id = {table}.application_id AND"
    f" (run.host_id = {ORGANISATIONS} OR run.provider_id = {ORGANISATIONS}))"
)

WALLS: Declared = {
    "courses_intake": Parent("session_id", "courses_session"),
    "courses_intakequestion": Parent("intake_id", "courses_intake"),
    # Of its own organisation, of the one that chooses, and of whoever gives places under the lock.
    "courses_application": AnyOf((Organisation(), Concerning(), _OF_THE_SESSION, _CHOSEN_THERE)),
    "courses_applicationanswer": Parent("application_id", "courses_application"),
    # Whoever is asked to write reads what they wrote, wherever they work by then.
    "courses_sponsorstatement": AnyOf(
        (Parent("application_id", "courses_application"), Own(("sponsor_id",)))
    ),
    "courses_selectiondecision": Parent("application_id", "courses_application"),
    "courses_intakecriterion": Parent("intake_id", "courses_intake"),
    # Whoever applies must be found not to be on it.
    "courses_intakepanelmember": Parent("intake_id", "courses_intake"),
    "courses_panelinterest": _OF_THE_PANEL,
    "courses_panelscore": _OF_THE_PANEL,
    "courses_panelvote": _OF_THE_PANEL,
}
