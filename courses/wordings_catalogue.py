"""How reminders about accreditation read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.dates import long_date


def _words(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {**facts, "day": long_date(date.fromisoformat(facts["day"]))}


def accreditation_ending(facts: Mapping[str, Any]) -> str:
    return _("The accreditation of %(what)s by %(body)s ends on %(day)s. Begin its renewal.") % (
        _words(facts)
    )


def renewal_overdue(facts: Mapping[str, Any]) -> str:
    return _("The renewal of %(what)s was to be sent to %(body)s by %(day)s.") % _words(facts)
