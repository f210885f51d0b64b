"""How notices about accounts that open somebody's own account read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.services.staff_identities import LINKED, UNLINKED
from accounts.telling import say


def declare_identity_wordings() -> None:
    say(LINKED, _linked)
    say(UNLINKED, _unlinked)


def _linked(facts: Mapping[str, Any]) -> str:
    return _(
        "An account at %(organisation)s was linked to you: it can sign in as you. If this was not "
        "you, unlink it."
    ) % {"organisation": facts["organisation"]}


def _unlinked(facts: Mapping[str, Any]) -> str:
    return _("An account at %(organisation)s was unlinked from you.") % {
        "organisation": facts["organisation"]
    }
