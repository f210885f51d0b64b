"""How notices about registers and completing read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.wordings import words_of


def missed(facts: Mapping[str, Any]) -> str:
    return _(
        "You are noted as not having been at %(programme)s on %(day)s. You can say why."
    ) % words_of(facts)


def completed_in_part(facts: Mapping[str, Any]) -> str:
    return (
        _("You have completed %(programme)s in part. What you reached counts in your pathway.")
        % facts
    )


def result_recorded(facts: Mapping[str, Any]) -> str:
    return _("Your result of %(programme)s on %(day)s is there.") % words_of(facts)


def result_taken_back(facts: Mapping[str, Any]) -> str:
    return _(
        "Your result of %(programme)s on %(day)s was taken back. Ask whoever runs the course why."
    ) % words_of(facts)


def evaluation_asked(facts: Mapping[str, Any]) -> str:
    told = ngettext(
        "How was %(programme)s on %(day)s? It takes %(minutes)d minute, without your name.",
        "How was %(programme)s on %(day)s? It takes %(minutes)d minutes, without your name.",
        facts["minutes"],
    )
    return told % words_of(facts)


def evaluation_waiting(facts: Mapping[str, Any]) -> str:
    return _("You can still say how %(programme)s on %(day)s was. We ask this once more only.") % (
        words_of(facts)
    )
