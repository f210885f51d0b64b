"""What the lower floors are told about writing frameworks while Django starts."""

from django.utils.translation import gettext_lazy as _

from common.navigation import NavigationItem, add_item
from pathways.verbs_authoring import declare_authoring_verbs
from pathways.views.authoring import shown_to

# The beginnings of the names of the pages that belong to the entry of the menu.
_PAGES = ("authoring_", "scale_", "edition_", "domain_", "competency_", "levels_")


def register_authoring() -> None:
    declare_authoring_verbs()
    add_item(
        NavigationItem(
            _("Frameworks"),
            "pathways:authoring_list",
            order=25,
            shown=shown_to,
            covers=tuple(f"pathways:{beginning}" for beginning in _PAGES),
        )
    )
