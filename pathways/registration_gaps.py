"""What is told while Django starts about gaps and what closes them."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs
from pathways.selectors.coaches import coach_signposts
from pathways.selectors.resources import resource_signposts
from pathways.selectors.signposts import register_signposts


def register_gaps() -> None:
    register_signposts("resources", resource_signposts)
    register_signposts("coaches", coach_signposts)
    register_verbs(
        {
            "add_resource": _("%(who)s added something to learn from"),
            "change_resource": _("%(who)s changed something to learn from"),
            "withdraw_resource": _("%(who)s withdrew something to learn from"),
            "offer_to_coach": _("%(who)s offered to coach"),
            "end_coaching": _("%(who)s stopped offering to coach"),
        }
    )
