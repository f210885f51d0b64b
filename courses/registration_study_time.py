"""What the lower floors are told about protected time while Django starts."""

from courses import needs_study_time, reminders_study_time, wordings_study_time
from courses.rights_study_time import declare_study_time_rights
from courses.verbs_study_time import declare_study_time_verbs
from notifications.registry import (
    ReminderSource,
    register_need,
    register_reminder,
    register_wording,
)


def register_study_time() -> None:
    declare_study_time_rights()
    declare_study_time_verbs()
    register_wording("courses.time_taken_back", wordings_study_time.time_taken_back)
    register_wording("courses.time_rearranged", wordings_study_time.time_rearranged)
    register_wording("courses.cover_without_time", wordings_study_time.cover_without_time)
    register_need("courses.time_to_confirm", needs_study_time.time_to_confirm)
    register_need("courses.time_owed", needs_study_time.time_owed_to_team)
    register_reminder(
        ReminderSource("courses.time_owed", reminders_study_time.time_owed),
        wording=wordings_study_time.time_owed,
    )
    register_reminder(
        ReminderSource("courses.time_owed_long", reminders_study_time.time_owed_long),
        wording=wordings_study_time.time_owed_long,
    )
