"""What the lower floors are told about registers and completing while Django starts."""

from courses import needs_delivery, reminders_delivery
from courses import wordings_delivery as wordings
from courses.rights_delivery import declare_delivery_rights
from courses.verbs_delivery import declare_delivery_verbs
from notifications.registry import (
    ReminderSource,
    register_need,
    register_reminder,
    register_wording,
)


def register_delivery() -> None:
    """Fill the registries; called once while Django starts."""
    declare_delivery_rights()
    declare_delivery_verbs()
    register_wording("courses.missed", wordings.missed)
    register_wording("courses.result_recorded", wordings.result_recorded)
    register_wording("courses.result_taken_back", wordings.result_taken_back)
    register_wording("courses.evaluation_asked", wordings.evaluation_asked)
    register_need("courses.evaluations", needs_delivery.evaluations)
    register_reminder(
        ReminderSource("courses.evaluation_waiting", reminders_delivery.evaluations_waiting),
        wording=wordings.evaluation_waiting,
    )
    register_wording("courses.completed_in_part", wordings.completed_in_part)
