from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.walls import declare
        from courses.walls import WALLS

        declare(WALLS)
        # Registration needs the app registry.
        from courses.registration import register_courses
        from courses.registration_approval import register_approval
        from courses.registration_catalogue import register_catalogue
        from courses.registration_compliance import register_compliance
        from courses.registration_credentials import register_credentials
        from courses.registration_delivery import register_delivery
        from courses.registration_money import register_money
        from courses.registration_selection import register_selection
        from courses.registration_sessions import register_sessions
        from courses.registration_study_time import register_study_time
        from courses.rights import declare_rights
        from courses.rights_compliance import declare_compliance_rights
        from courses.verbs import declare_verbs

        declare_rights()
        declare_compliance_rights()
        declare_verbs()
        register_courses()
        register_study_time()
        register_catalogue()
        register_approval()
        register_money()
        register_compliance()
        register_sessions()
        register_selection()
        register_delivery()
        register_credentials()
