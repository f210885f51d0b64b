"""How the ledger's verbs of this floor read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import Kind, register_verbs


def declare_verbs() -> None:
    register_verbs(
        {
            "appoint": _("%(who)s gave a role"),
            "end_role": _("%(who)s ended a role"),
            "delegate": _("%(who)s named somebody to stand in"),
            "end_delegation": _("%(who)s ended a standing in"),
            "open_client": _("%(who)s opened an API client"),
            "narrow_client": _("%(who)s took scopes from an API client"),
            "stop_client": _("%(who)s stopped an API client"),
            "add_client_secret": _("%(who)s gave an API client another secret"),
            "revoke_client_secret": _("%(who)s revoked a secret of an API client"),
            "stop_sign_in": _("%(who)s stopped the signing in"),
            "allow_sign_in": _("%(who)s allowed signing in again"),
            "reset_second_step": _("%(who)s reset the second step of signing in"),
            "set_up_second_step": _("%(who)s set up a second step of signing in"),
            "remove_second_step": _("%(who)s removed a second step of signing in"),
            "end_session": _("%(who)s ended a session"),
            "choose_password": _("%(who)s chose a new password"),
            "rewrite_seeds": _("%(who)s wrote the seeds of codes again under the newest key"),
            "end_other_sessions": _("%(who)s ended the other sessions"),
            "export_information": _("%(who)s had a copy of the person's information made"),
            "offer_sign_in": _("%(who)s let an organisation's accounts sign in"),
            "withdraw_sign_in": _("%(who)s ended the signing in with an organisation's accounts"),
            "link_identity": _("%(who)s linked an organisation's account"),
            "unlink_identity": _("%(who)s ended the link with an organisation's account"),
            "erase_person": _("%(who)s erased the person's record"),
            "look_at_erasure": _("%(who)s looked at what an erasure would do"),
            "set_legal_hold": _("%(who)s put the record under a legal hold"),
            "lift_legal_hold": _("%(who)s lifted a legal hold"),
            "change_retention_rule": _("%(who)s changed how long something is kept"),
            "look_at_retention": _("%(who)s looked at what has been kept long enough"),
            "begin_retention": _("%(who)s began to let go what has been kept long enough"),
            "finish_retention": _("%(who)s let go what had been kept long enough"),
            "let_go": _("%(who)s let go of a record that had been kept long enough"),
            "rotate_equality_keys": _("%(who)s changed the keys of the equality data"),
            "count_equality": _("%(who)s counted the equality answers"),
            "end_emergency": _("%(who)s ended an emergency access"),
            "review_emergency": _("%(who)s reviewed an emergency access"),
        }
    )
    # Whether somebody answers such questions is theirs to know.
    register_verbs(
        {
            "answer_equality": _("%(who)s answered questions about equality"),
            "delete_equality_answers": _("%(who)s deleted the answers about equality"),
            "stop_equality_monitoring": _("%(who)s stopped the use of the answers about equality"),
            "resume_equality_monitoring": _("%(who)s allowed the use of the answers again"),
        },
        Kind.PRIVATE,
    )
    register_verbs(
        {
            "open_in_emergency": _("%(who)s opened the record in an emergency"),
            "read_in_emergency": _("%(who)s read the record in an emergency"),
        },
        Kind.READING,
    )
