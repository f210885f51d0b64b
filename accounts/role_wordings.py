"""How notices about roles and stand-ins read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.services import appointments, delegations
from accounts.telling import say
from common.dates import long_date


def declare_role_wordings() -> None:
    """Called once while Django starts."""
    say(appointments.GIVEN, role_given)
    say(appointments.ENDED, role_ended)
    say(delegations.BEGUN, stand_in_named)
    say(delegations.ENDED, stand_in_ended)


def _words(facts: Mapping[str, Any]) -> dict[str, Any]:
    days = {
        key: long_date(date.fromisoformat(facts[key])) for key in ("from", "to") if key in facts
    }
    return {**facts, **days}


def role_given(facts: Mapping[str, Any]) -> str:
    words = {**_words(facts), "role": Role(facts["role"]).label}
    return _("You were given a role for %(organisation)s from %(from)s: %(role)s.") % words


def role_ended(facts: Mapping[str, Any]) -> str:
    words = {**facts, "role": Role(facts["role"]).label}
    return _("A role of yours for %(organisation)s has ended: %(role)s.") % words


def stand_in_named(facts: Mapping[str, Any]) -> str:
    if facts["is_manager"]:
        return _("%(delegate)s stands in for you from %(from)s to %(to)s.") % _words(facts)
    return _("You stand in for %(manager)s from %(from)s to %(to)s.") % _words(facts)


def stand_in_ended(facts: Mapping[str, Any]) -> str:
    if facts["is_manager"]:
        return _("%(delegate)s does not stand in for you any more.") % facts
    return _("You do not stand in for %(manager)s any more.") % facts
