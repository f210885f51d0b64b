from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Work that waits")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.walls import declare
        from jobs.walls import WALLS

        declare(WALLS)
        from common.navigation import NavigationItem, add_item
        from jobs import heartbeat  # noqa: F401 - importing connects Celery's signals
        from jobs.rights import declare_rights

        declare_rights()
        add_item(
            NavigationItem(_("Documents"), "jobs:document_list", order=20, in_account_menu=True)
        )
