"""What the lower floors are told about offered places and sessions while Django starts."""

from courses import needs_sessions, wordings_sessions
from courses.reminders_sessions import too_few_to_run
from courses.rights_sessions import declare_session_rights
from courses.selectors.invitations import invitations_for, wants_invitations
from courses.services.interests import TELL, tell_of_session
from courses.services.notices import INVITING
from courses.verbs_sessions import declare_session_verbs
from jobs.handlers import Handler, register
from notifications.registry import (
    Letter,
    ReminderSource,
    register_letter,
    register_need,
    register_reminder,
    register_wording,
)


def register_sessions() -> None:
    declare_session_verbs()
    declare_session_rights()
    register(TELL, Handler(do=tell_of_session))
    for rule, wording in wordings_sessions.WORDINGS.items():
        register_wording(rule, wording)
    letter = Letter(
        subject=wordings_sessions.invitation_subject,
        note=wordings_sessions.invitation_note,
        files=invitations_for,
        is_wanted=wants_invitations,
    )
    for rule in INVITING:
        register_letter(rule, letter)
    register_need("courses.offers", needs_sessions.offers)
    register_need("courses.swaps", needs_sessions.swaps)
    register_need("courses.too_few", needs_sessions.too_few)
    register_reminder(
        ReminderSource("courses.below_minimum", too_few_to_run),
        wording=wordings_sessions.below_minimum,
    )
