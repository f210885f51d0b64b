"""What this floor adds to the registries while Django starts: rights, words and the menu."""

from django.utils.translation import gettext_lazy as _

from accounts.equality.rights import declare_equality_rights
from accounts.identity_wordings import declare_identity_wordings
from accounts.rights.own import declare_own
from accounts.role_wordings import declare_role_wordings
from accounts.sign_in_wordings import declare_sign_in_wordings
from accounts.verb_wordings import declare_verbs
from accounts.views import colleagues, emergency, ledger, programs, retention, roles
from accounts.wordings import declare_wordings
from common.navigation import NavigationItem, add_item

# Each is shown to those whose role it serves.
MENU = (
    NavigationItem(
        _("People with roles"),
        "accounts:role_list",
        order=80,
        shown=roles.shown_to,
        covers=("accounts:role_",),
    ),
    NavigationItem(
        _("Sign-in help"),
        "accounts:colleague_find",
        order=85,
        shown=colleagues.shown_to,
        covers=("accounts:colleague_",),
    ),
    NavigationItem(
        _("Programs"),
        "accounts:program_list",
        order=86,
        shown=programs.shown_to,
        covers=("accounts:program_", "accounts:secret_"),
    ),
    NavigationItem(
        _("Data protection"),
        "accounts:retention_list",
        order=88,
        shown=retention.shown_to,
        covers=("accounts:retention_", "accounts:hold_", "jobs:information_ask_for"),
    ),
    NavigationItem(
        _("Emergency access"),
        "accounts:emergency_list",
        order=89,
        shown=emergency.shown_to,
        covers=("accounts:emergency_",),
    ),
    NavigationItem(
        _("Ledger"),
        "accounts:ledger_search",
        order=90,
        shown=ledger.shown_to,
        covers=("accounts:ledger_",),
    ),
)
ACCOUNT_MENU = (
    NavigationItem(
        _("How you sign in"),
        "mfa_index",
        order=80,
        covers=("mfa_", "accounts:session_", "accounts:identity_", "account_change_password"),
        in_account_menu=True,
    ),
)


def register_accounts() -> None:
    declare_own()
    declare_equality_rights()
    declare_wordings()
    declare_role_wordings()
    declare_sign_in_wordings()
    declare_identity_wordings()
    declare_verbs()
    for item in (*MENU, *ACCOUNT_MENU):
        add_item(item)
