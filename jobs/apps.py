from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Work that waits")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registration needs the app registry.
        from accounts.walls import declare
        from jobs import heartbeat  # noqa: F401 - importing connects Celery's signals
        from jobs.registration import register_jobs
        from jobs.verbs import declare_verbs
        from jobs.walls import WALLS

        declare(WALLS)
        register_jobs()
        declare_verbs()
