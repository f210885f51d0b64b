from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and organisations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Its module connects the scope to signing in, before anything is noted about that.
        from accounts.table_walls import declare_own_walls

        declare_own_walls()
        # drf-spectacular finds the scheme by its class being there, and signing in is noted from
        # the first time on, before any request has loaded the middleware.
        from accounts import middleware, schema  # noqa: F401
        from accounts.equality.grants import after_migrate
        from accounts.equality.rights import declare_equality_rights
        from accounts.identity_wordings import declare_identity_wordings
        from accounts.rights.own import declare_own
        from accounts.role_wordings import declare_role_wordings
        from accounts.sign_in_wordings import declare_sign_in_wordings
        from accounts.verb_wordings import declare_verbs
        from accounts.views import colleagues, emergency, ledger, programs, retention
        from accounts.views.roles import shown_to
        from accounts.wordings import declare_wordings
        from common.navigation import NavigationItem, add_item

        declare_own()
        declare_equality_rights()
        declare_role_wordings()
        declare_sign_in_wordings()
        declare_identity_wordings()
        add_item(
            NavigationItem(
                _("People with roles"),
                "accounts:role_list",
                order=80,
                shown=shown_to,
                covers=("accounts:role_",),
            )
        )
        add_item(
            NavigationItem(
                _("Sign-in"),
                "accounts:colleague_find",
                order=85,
                shown=colleagues.shown_to,
                covers=("accounts:colleague_",),
            )
        )
        add_item(
            NavigationItem(
                _("Data protection"),
                "accounts:retention_list",
                order=88,
                shown=retention.shown_to,
                covers=("accounts:retention_", "accounts:hold_", "jobs:information_ask_for"),
            )
        )
        add_item(
            NavigationItem(
                _("Programs"),
                "accounts:program_list",
                order=86,
                shown=programs.shown_to,
                covers=("accounts:program_", "accounts:secret_"),
            )
        )
        add_item(
            NavigationItem(
                _("How you sign in"),
                "mfa_index",
                order=80,
                covers=(
                    "mfa_",
                    "accounts:session_",
                    "accounts:identity_",
                    "account_change_password",
                ),
                in_account_menu=True,
            )
        )
        add_item(
            NavigationItem(
                _("Emergency access"),
                "accounts:emergency_list",
                order=89,
                shown=emergency.shown_to,
                covers=("accounts:emergency_",),
            )
        )
        add_item(
            NavigationItem(
                _("Ledger"),
                "accounts:ledger_search",
                order=90,
                shown=ledger.shown_to,
                covers=("accounts:ledger_",),
            )
        )
        add_item(
            NavigationItem(
                _("Who has looked at my record"),
                "accounts:reading_list",
                order=40,
                covers=("accounts:reading_",),
                in_account_menu=True,
            )
        )
        declare_wordings()
        declare_verbs()
        post_migrate.connect(after_migrate, sender=self)
        add_item(
            NavigationItem(
                _("Equality monitoring"),
                "accounts:equality_show",
                order=60,
                covers=("accounts:equality",),
                in_account_menu=True,
            )
        )
