"""How notices about writing frameworks read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.dates import long_date
from notifications.registry import Wording
from pathways.models import Part, ReviewOutcome


def collaboration_began(facts: Mapping[str, Any]) -> str:
    if facts["part"] == Part.AUTHOR:
        return _("You were invited to write %(framework)s.") % facts
    return _("You were invited to review %(framework)s.") % facts


def collaboration_ended(facts: Mapping[str, Any]) -> str:
    return _("You do not work on %(framework)s any more.") % facts


def comment_answered(facts: Mapping[str, Any]) -> str:
    return _("%(person)s answered your comment on %(framework)s.") % facts


def review_asked(facts: Mapping[str, Any]) -> str:
    return _("%(person)s asks you to review %(framework)s, %(edition)s.") % facts


def review_answered(facts: Mapping[str, Any]) -> str:
    if facts["outcome"] == ReviewOutcome.SIGNED_OFF:
        return _("%(person)s signed off %(framework)s, %(edition)s.") % facts
    return _("%(person)s asks for changes of %(framework)s, %(edition)s. Read which.") % facts


def review_withdrawn(facts: Mapping[str, Any]) -> str:
    return _("%(framework)s, %(edition)s, is being changed and does not wait for you.") % facts


def edition_published(facts: Mapping[str, Any]) -> str:
    day = long_date(date.fromisoformat(facts["from"]))
    return _(
        "There is a new edition of %(framework)s: %(edition)s, in use from %(day)s. What you have "
        "shown stays."
    ) % {**facts, "day": day}


def edition_retired(facts: Mapping[str, Any]) -> str:
    return _(
        "%(framework)s, %(edition)s, was retired: %(reason)s What was assessed against it stays."
    ) % {**facts, "reason": _as_sentence(facts["reason"])}


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


WORDINGS: dict[str, Wording] = {
    "pathways.collaboration_began": collaboration_began,
    "pathways.collaboration_ended": collaboration_ended,
    "pathways.comment_answered": comment_answered,
    "pathways.review_asked": review_asked,
    "pathways.review_answered": review_answered,
    "pathways.review_withdrawn": review_withdrawn,
    "pathways.edition_published": edition_published,
    "pathways.edition_retired": edition_retired,
}
