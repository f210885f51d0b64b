"""What the lower floors are told about writing frameworks while Django starts."""

from django.utils.translation import gettext_lazy as _

from common.navigation import NavigationItem, add_item
from jobs.handlers import Handler, register
from notifications.registry import register_need, register_wording
from pathways.needs_authoring import reviews_waiting
from pathways.services.publishing import TELL, tell_of_edition
from pathways.verbs_authoring import declare_authoring_verbs
from pathways.views.authoring import shown_to
from pathways.wordings_authoring import WORDINGS

# The beginnings of the names of the pages that belong to the entry of the menu.
_PAGES = (
    "authoring_",
    "scale_",
    "edition_",
    "domain_",
    "competency_",
    "levels_",
    "review_",
    "comment_",
    "people_",
    "framework_p",
    "framework_retire",
    "crosswalk_",
    "package_",
    "tie_",
    "equivalence_",
    "import_",
    "fetch_",
    "starter_",
)


def register_authoring() -> None:
    declare_authoring_verbs()
    register(TELL, Handler(do=tell_of_edition))
    for rule, wording in WORDINGS.items():
        register_wording(rule, wording)
    register_need("pathways.reviews", reviews_waiting)
    add_item(
        NavigationItem(
            _("Frameworks"),
            "pathways:authoring_list",
            order=25,
            shown=shown_to,
            covers=tuple(f"pathways:{beginning}" for beginning in _PAGES),
        )
    )
