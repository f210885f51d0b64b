"""What the lower floors are told about the catalogue while Django starts."""

from courses import reminders_catalogue, wordings_catalogue
from courses.rights_catalogue import declare_catalogue_rights
from courses.verbs_catalogue import declare_catalogue_verbs
from notifications.registry import ReminderSource, register_reminder


def register_catalogue() -> None:
    declare_catalogue_rights()
    declare_catalogue_verbs()
    register_reminder(
        ReminderSource("courses.accreditation_ending", reminders_catalogue.accreditation_ending),
        wording=wordings_catalogue.accreditation_ending,
    )
    register_reminder(
        ReminderSource("courses.renewal_overdue", reminders_catalogue.renewal_overdue),
        wording=wordings_catalogue.renewal_overdue,
    )
