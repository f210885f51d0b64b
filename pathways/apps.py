from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PathwaysConfig(AppConfig):
    name = "pathways"
    verbose_name = _("Pathways")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.walls import declare
        from pathways.walls import WALLS

        declare(WALLS)
        # Registration needs the app registry.
        from accounts.emergency import register_section
        from common.navigation import NavigationItem, add_item
        from notifications.registry import register_need
        from pathways.case_registration import register_case
        from pathways.needs import assessment_needed
        from pathways.registration_assessing import register_assessing
        from pathways.registration_authoring import register_authoring
        from pathways.registration_evidence import register_evidence
        from pathways.registration_gaps import register_gaps
        from pathways.registration_roles import register_roles
        from pathways.registration_versions import register_versions
        from pathways.rights import declare_rights
        from pathways.selectors.emergency import pathway_sections
        from pathways.verbs import declare_verbs

        declare_rights()
        declare_verbs()
        register_versions()
        register_roles()
        register_evidence()
        register_assessing()
        register_authoring()
        register_gaps()
        register_case()
        register_need("pathways.assessment", assessment_needed)
        register_section("pathways", order=20, source=pathway_sections)
        add_item(
            NavigationItem(_("My pathway"), "pathways:gap_mine", order=20, covers=("pathways:",))
        )
