"""How notices about appraisals read. They say that something happened, never what was written."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.dates import long_date
from notifications.registry import register_wording

Facts = Mapping[str, Any]


def register_wordings() -> None:
    for rule, wording in WORDINGS.items():
        register_wording(f"appraisals.{rule}", wording)


def _day(facts: Facts) -> str:
    return long_date(date.fromisoformat(facts["due_on"]))


def opened(facts: Facts) -> str:
    return _("Your appraisal is open and due on %(day)s.") % {"day": _day(facts)}


def shared(facts: Facts) -> str:
    return _("%(name)s has shared their part of the appraisal of %(subject)s.") % facts


def sent_back(facts: Facts) -> str:
    return _("%(name)s has sent your part of the appraisal of %(subject)s back to you.") % facts


def signed(facts: Facts) -> str:
    return _("%(name)s has signed the appraisal of %(subject)s. Your signature is missing.") % facts


def closed(facts: Facts) -> str:
    return _("You and %(name)s have both signed the appraisal of %(subject)s.") % facts


def handed_over(facts: Facts) -> str:
    return _("The appraisal of %(subject)s is now with %(name)s.") % facts


def due(facts: Facts) -> str:
    if facts["is_own"]:
        return _("Your appraisal is due on %(day)s.") % {"day": _day(facts)}
    words = {"subject": facts["subject"], "day": _day(facts)}
    return _("The appraisal of %(subject)s is due on %(day)s.") % words


def overdue(facts: Facts) -> str:
    if facts["is_own"]:
        return _("Your appraisal was due on %(day)s.") % {"day": _day(facts)}
    words = {"subject": facts["subject"], "day": _day(facts)}
    return _("The appraisal of %(subject)s was due on %(day)s.") % words


WORDINGS = {
    "opened": opened,
    "shared": shared,
    "sent_back": sent_back,
    "signed": signed,
    "closed": closed,
    "handed_over": handed_over,
}
