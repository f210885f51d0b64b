"""What the lower floors are told about talent while Django starts."""

from django.utils.translation import gettext_lazy as _

from accounts.emergency import register_section
from common.navigation import NavigationItem, add_item
from notifications.registry import register_need, register_wording
from talent import needs, wordings
from talent.selectors.emergency import talent_sections


def register_talent() -> None:
    register_section("talent", order=50, source=talent_sections)
    add_item(NavigationItem(_("Talent"), "talent:overview", order=60, covers=("talent:",)))
    register_wording("talent.put_forward", wordings.put_forward)
    register_wording("talent.nomination_decided", wordings.nomination_decided)
    register_wording("talent.readiness_judged", wordings.readiness_judged)
    register_need("talent.nominations_waiting", needs.nominations_waiting)
    register_need("talent.people_not_judged", needs.people_not_judged)
    register_need("talent.consent_ending", needs.consent_ending)
    register_need("talent.nominations_hidden", needs.nominations_hidden)
