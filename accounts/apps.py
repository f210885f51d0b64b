from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and organisations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.table_walls import WALLS
        from accounts.walls import declare

        declare(WALLS)
        # drf-spectacular finds the scheme by its class being there.
        from accounts import schema  # noqa: F401
        from accounts.equality.grants import after_migrate
        from accounts.rights.own import declare_own

        declare_own()
        post_migrate.connect(after_migrate, sender=self)
