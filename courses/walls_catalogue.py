"""Row-level security of what programmes build on, and of whom they are asked."""

from accounts.walls import Declared, Organisation, Parent

WALLS: Declared = {
    "courses_prerequisite": Parent("programme_id", "courses_programme"),
    "courses_mandate": Organisation(is_shared=True),
}
