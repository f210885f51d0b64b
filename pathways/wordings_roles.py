"""How notices about roles that give way to others read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.dates import long_date
from notifications.registry import Wording


def role_succeeded(facts: Mapping[str, Any]) -> str:
    if facts["before"] == facts["after"]:
        return _(
            "The profile of your role, %(after)s, is a new one from %(day)s. What you have shown "
            "stays."
        ) % _words(facts)
    return _(
        "Your role is measured by %(after)s from %(day)s, in place of %(before)s. What you have "
        "shown stays."
    ) % _words(facts)


def goal_succeeded(facts: Mapping[str, Any]) -> str:
    if facts["before"] == facts["after"]:
        return _(
            "The profile of %(after)s, which you work towards, is a new one from %(day)s. What you "
            "have shown stays."
        ) % _words(facts)
    return _(
        "You work towards %(after)s from %(day)s, as %(before)s is no longer in use. What you have "
        "shown stays."
    ) % _words(facts)


def _words(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {**facts, "day": long_date(date.fromisoformat(facts["day"]))}


WORDINGS: dict[str, Wording] = {
    "pathways.role_succeeded": role_succeeded,
    "pathways.goal_succeeded": goal_succeeded,
}
