"""Row-level security of protected time."""

from accounts.walls import AnyOf, Concerning, Declared, Organisation

WALLS: Declared = {
    # Not as enrolments are: who runs a session is told nothing of anybody's time.
    "courses_studytimemove": AnyOf((Organisation(), Concerning())),
    "courses_studytimerule": Organisation(),
    "courses_backfill": AnyOf((Organisation(), Concerning())),
    # A line manager who arranges cover is told what it costs.
    "courses_backfillrate": Organisation(is_shared=True),
}
