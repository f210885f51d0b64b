from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppraisalsConfig(AppConfig):
    name = "appraisals"
    verbose_name = _("Appraisals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.walls import declare
        from appraisals.walls import WALLS

        declare(WALLS)
        # Registration needs the app registry.
        from appraisals.plan_registration import register_plans
        from appraisals.registration import register
        from appraisals.rights import declare_rights
        from appraisals.verbs import declare_verbs

        declare_rights()
        declare_verbs()
        register()
        register_plans()
