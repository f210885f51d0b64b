from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TalentConfig(AppConfig):
    name = "talent"
    verbose_name = _("Talent")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.walls import declare
        from talent.walls import WALLS

        declare(WALLS)
        # Registration needs the app registry.
        from talent.registration import register_talent
        from talent.rights import declare_rights
        from talent.verbs import declare_verbs

        declare_rights()
        declare_verbs()
        register_talent()
