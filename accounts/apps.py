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
        from accounts.registration import register_accounts

        register_accounts()
        post_migrate.connect(after_migrate, sender=self)
