"""How the notices of this floor read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services.emergency import OPENED, TO_REVIEW
from accounts.services.letting_go import DUE
from accounts.telling import say


def declare_wordings() -> None:
    say(OPENED, _opened)
    say(TO_REVIEW, _to_review)
    say(DUE, _retention_is_due)


def _opened(facts: Mapping[str, Any]) -> str:
    return _("%(by)s opened your record in an emergency. See why.") % {"by": facts["by"]}


def _to_review(facts: Mapping[str, Any]) -> str:
    return _(
        "%(by)s opened the record of %(whose)s in an emergency. Review it within 48 hours."
    ) % {"by": facts["by"], "whose": facts["whose"]}


def _retention_is_due(facts: Mapping[str, Any]) -> str:
    return ngettext(
        "%(count)d record has been kept for long enough. Look at what is due.",
        "%(count)d records have been kept for long enough. Look at what is due.",
        facts["records"],
    ) % {"count": facts["records"]}
