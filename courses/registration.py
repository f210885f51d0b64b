"""What the lower floors are told about courses while Django starts."""

from django.utils.translation import gettext_lazy as _

from accounts.emergency import register_section
from common.navigation import NavigationItem, add_item
from courses import needs, reminders, wordings
from courses.selectors.emergency import course_sections
from courses.selectors.signposts import course_signposts
from courses.services.role_programmes import programmes_follow
from notifications.registry import (
    ReminderSource,
    register_need,
    register_reminder,
    register_wording,
)
from pathways.selectors.signposts import register_signposts
from pathways.successions import register_follower


def register_courses() -> None:
    register_section("courses", order=30, source=course_sections)
    register_signposts("courses", course_signposts)
    register_follower(programmes_follow)
    add_item(NavigationItem(_("Courses"), "courses:programme_list", order=30, covers=("courses:",)))
    register_wording("courses.place_given", wordings.place_given)
    register_wording("courses.moved_up", wordings.moved_up)
    register_wording("courses.request_approved", wordings.request_approved)
    register_wording("courses.request_refused", wordings.request_refused)
    register_wording("courses.approval_asked", wordings.approval_asked)
    register_wording("courses.session_cancelled", wordings.session_cancelled)
    register_wording("courses.completed", wordings.completed)
    register_need("courses.approvals", needs.approvals)
    register_need("courses.coming_sessions", needs.coming_sessions)
    register_need("courses.registers", needs.registers)
    register_need("courses.waiting_lists", needs.lists_of_people_waiting)
    register_reminder(
        ReminderSource("courses.session_tomorrow", reminders.sessions_tomorrow),
        wording=wordings.session_tomorrow,
    )
    register_reminder(
        ReminderSource("courses.approval_waiting", reminders.approvals_waiting),
        wording=wordings.approval_waiting,
    )
