"""How notices about mandatory training read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.dates import long_date


def training_ends(facts: Mapping[str, Any]) -> str:
    words = {**facts, "day": long_date(date.fromisoformat(facts["expires_on"]))}
    if facts["days"] < 0:
        return _("Your training in %(subject)s counted until %(day)s. See what you can do.") % words
    return _("Your training in %(subject)s counts until %(day)s. Renew it before then.") % words


def team_is_behind(facts: Mapping[str, Any]) -> str:
    people = ngettext(
        "%(people)d person in your team has training to do, %(overdue)d of them overdue.",
        "%(people)d people in your team have training to do, %(overdue)d of them overdue.",
        facts["people"],
    )
    return people % facts
