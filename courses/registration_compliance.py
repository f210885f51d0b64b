"""What the lower floors are told about mandatory training while Django starts."""

from courses import reminders_compliance, wordings_compliance
from courses.needs_compliance import training_to_do
from courses.services import training_import_work as files
from courses.services.training_imports import APPLY, READ
from courses.verbs_compliance import declare_compliance_verbs
from jobs.handlers import Handler, register
from notifications.registry import ReminderSource, register_need, register_reminder


def register_compliance() -> None:
    declare_compliance_verbs()
    register(READ, Handler(do=files.read_file, on_parked=files.give_up_reading))
    register(APPLY, Handler(do=files.write_file, on_parked=files.give_up_applying))
    register_need("courses.training_to_do", training_to_do)
    register_reminder(
        ReminderSource("courses.training_ends", reminders_compliance.training_ends),
        wording=wordings_compliance.training_ends,
    )
    register_reminder(
        ReminderSource("courses.team_is_behind", reminders_compliance.team_is_behind),
        wording=wordings_compliance.team_is_behind,
    )
