"""What the lower floors are told about applications for places while Django starts."""

from courses import needs_selection, wordings_selection
from courses.reminders_selection import statements_to_write_soon
from courses.rights_selection import declare_selection_rights
from courses.verbs_selection import declare_selection_verbs
from notifications.registry import (
    ReminderSource,
    register_need,
    register_reminder,
    register_wording,
)


def register_selection() -> None:
    """Fill the registries; called once while Django starts."""
    declare_selection_rights()
    declare_selection_verbs()
    for rule, wording in wordings_selection.WORDINGS.items():
        register_wording(rule, wording)
    register_need("courses.sponsor_statements", needs_selection.statements)
    register_reminder(
        ReminderSource("courses.sponsor_reminded", statements_to_write_soon),
        wording=wordings_selection.sponsor_reminded,
    )
