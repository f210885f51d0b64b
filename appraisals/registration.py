"""What appraisals tell the floors below: words, reminders, needs and places in the menu."""

from django.utils.translation import gettext_lazy as _

from accounts.emergency import register_section
from appraisals.needs import register_needs
from appraisals.reminders import register_reminders
from appraisals.selectors.emergency import appraisal_sections
from appraisals.wordings import register_wordings
from common.navigation import NavigationItem, add_item


def register() -> None:
    """Fill the registries; called once while Django starts."""
    register_wordings()
    register_reminders()
    register_needs()
    register_section("appraisals", order=40, source=appraisal_sections)
    appraisal_pages = ("appraisals:appraisal_", "appraisals:draft_", "appraisals:objective_")
    run_pages = ("appraisals:cycle_", "appraisals:status_", "appraisals:conversation_")
    add_item(
        NavigationItem(
            _("Appraisals"),
            "appraisals:appraisal_list",
            order=40,
            covers=(*appraisal_pages, *run_pages),
        )
    )
    gap_pages = ("pathways:gap_team", "pathways:gap_organisation")
    team_pages = ("appraisals:team_", "accounts:stand_in_", *gap_pages)
    add_item(NavigationItem(_("My team"), "appraisals:team_list", order=60, covers=team_pages))
