"""What the lower floors are told about approval while Django starts."""

from courses import needs_approval, wordings_approval
from courses.rights_approval import declare_approval_rights
from courses.verbs_approval import declare_approval_verbs
from notifications.registry import register_need, register_wording


def register_approval() -> None:
    declare_approval_rights()
    declare_approval_verbs()
    register_wording("courses.approval_passed_on", wordings_approval.approval_passed_on)
    register_wording("courses.request_passed_on", wordings_approval.request_passed_on)
    register_wording("courses.granted_by_silence", wordings_approval.granted_by_silence)
    register_wording("courses.refused_by_silence", wordings_approval.refused_by_silence)
    register_wording("courses.refusal_contested", wordings_approval.refusal_contested)
    register_wording("courses.contest_answered", wordings_approval.contest_answered)
    register_need("courses.contests", needs_approval.contests)
