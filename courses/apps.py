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
        from courses.rights import declare_rights
        from courses.verbs import declare_verbs

        declare_rights()
        declare_verbs()
        register_courses()
