"""How notices about money and charges read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.dates import london_date, long_date
from common.text import pounds


def _words(facts: Mapping[str, Any]) -> dict[str, Any]:
    starts_on = london_date(datetime.fromisoformat(facts["starts_at"]))
    return {**facts, "day": long_date(starts_on)}


def _ask(facts: Mapping[str, Any]) -> str:
    if facts["holder"]:
        return _("Ask %(holder)s, who holds the budget.") % facts
    return _("Ask the learning lead of your organisation.")


def no_money_instead(facts: Mapping[str, Any]) -> str:
    told = _(
        "There is room for you on %(programme)s on %(day)s instead, but no money for your place."
    )
    return f"{told % _words(facts)} {_ask(facts)}"


def no_money_for_request(facts: Mapping[str, Any]) -> str:
    told = _(
        "Nobody answered about %(programme)s on %(day)s in time, so it would be granted, but there"
        " is no money for your place. It is granted as soon as there is."
    )
    return f"{told % _words(facts)} {_ask(facts)}"


def no_money_to_decide(facts: Mapping[str, Any]) -> str:
    return _(
        "There is no money for %(person)s on %(programme)s on %(day)s, so silence did not grant it."
        " Refuse it, or have the budget raised."
    ) % _words(facts)


def money_missing(facts: Mapping[str, Any]) -> str:
    return _(
        "There is no money for the place of %(person)s on %(programme)s on %(day)s, which costs"
        " %(price)s. Have a budget raised, or tell them that they cannot go."
    ) % {**_words(facts), "price": pounds(facts["pence"])}


def money_owed(facts: Mapping[str, Any]) -> str:
    return _(
        "A register was put right, and %(fund)s owes %(owed)s for a place that was used. It has"
        " %(left)s left. Have its budget raised, so that it is paid."
    ) % {**facts, "owed": pounds(facts["owed"]), "left": pounds(facts["left"])}


def statement_issued(facts: Mapping[str, Any]) -> str:
    if facts["is_credit"]:
        return _("%(host)s has issued credit note %(reference)s to your organisation.") % facts
    return _("%(host)s has issued statement of charges %(reference)s to your organisation.") % facts


def statement_pdf_ready(facts: Mapping[str, Any]) -> str:
    return _("The PDF of “%(title)s” is ready.") % facts
