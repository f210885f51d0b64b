"""What work that waits tells the floors around it: who makes packs, how their notices read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.telling import say
from common.navigation import NavigationItem, add_item
from jobs.handlers import Handler, register
from jobs.rights import PACK, declare_rights
from jobs.services.packs import ASKED_FOR_YOU, READY, make_pack
from jobs.services.progress import give_up, start
from jobs.wordings import Wording, register_wording

_COPY = Wording(
    waiting=gettext_lazy(
        "The copy of your information is waiting for its turn. You can leave this page: we will "
        "tell you when it is ready."
    ),
    running=gettext_lazy(
        "The copy of your information is being made. This usually takes a minute."
    ),
    ready=gettext_lazy("The copy of your information is ready. You can open it until %(day)s."),
    gone=gettext_lazy(
        "The copy was kept for a time and has been removed. Ask for it again to have it as things "
        "are now."
    ),
    download=gettext_lazy("Download the copy (%(size)s)"),
)


def register_jobs() -> None:
    """Fill the registries; called once while Django starts."""
    declare_rights()
    register(PACK, Handler(do=make_pack, on_claimed=start, on_parked=give_up))
    register_wording(PACK, _COPY)
    say(READY, _pack_is_ready)
    say(ASKED_FOR_YOU, _pack_was_asked_for)
    add_item(
        NavigationItem(
            gettext_lazy("Documents"), "jobs:document_list", order=20, in_account_menu=True
        )
    )
    add_item(
        NavigationItem(
            gettext_lazy("Your information"),
            "jobs:information_show",
            order=40,
            covers=("jobs:information_", "accounts:reading_", "accounts:equality"),
            in_account_menu=True,
        )
    )


def _pack_is_ready(facts: Mapping[str, Any]) -> str:
    return _("The copy of your information is ready.")


def _pack_was_asked_for(facts: Mapping[str, Any]) -> str:
    return _("Your data protection officer has asked for a copy of your information for you.")
