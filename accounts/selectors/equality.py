"""Equality monitoring as its own person sees it: what was asked, what they answered."""

from dataclasses import dataclass
from datetime import date

import structlog
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.encryption import Unreadable
from accounts.equality import own
from accounts.equality.cipher import Answer, Answers, opened
from accounts.models import Attribute, CodeKind, MonitoringCode, Person
from accounts.policies import may_answer_equality
from common.errors import Forbidden

log = structlog.get_logger(__name__)

Codes = dict[Attribute, list[MonitoringCode]]


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """``is_readable`` is False when no key of this system opens what lies there."""

    answers: Answers
    opted_out_on: date | None = None
    is_readable: bool = True

    @property
    def is_kept(self) -> bool:
        return bool(self.answers) or not self.is_readable


def own_record(person: Person, *, by: Actor) -> OwnRecord:
    """What ``person`` has answered, for ``person`` alone; ``Forbidden`` for everybody else."""
    if not may_answer_equality(by, person=person):
        raise not_yours()
    row = own.read(person.pk)
    if row is None:
        return OwnRecord({})
    try:
        return OwnRecord(opened(row.tokens, person_id=person.pk), row.opted_out_on)
    except (Unreadable, ValueError) as found:
        problem = type(found).__name__
    # A wrong key, or none: the page says so, and all other pages go on.
    log.error("equality_unreadable", person=person.pk, problem=problem)
    return OwnRecord({}, row.opted_out_on, is_readable=False)


def not_yours() -> Forbidden:
    return Forbidden(
        _("Equality monitoring information is seen and changed by its own person only."),
        code="not_your_equality_record",
    )


def codes_to_offer() -> Codes:
    """What may be answered to each question, in order. "Not known" is no answer of a person's."""
    offered: Codes = {attribute: [] for attribute in Attribute}
    for code in MonitoringCode.objects.exclude(kind=CodeKind.NOT_KNOWN):
        offered[Attribute(code.attribute)].append(code)
    return offered


def wording_of(answer: Answer | None, codes: list[MonitoringCode]) -> str:
    """An answer in words. A code that is no longer offered stands for itself."""
    if answer is None:
        return _("Not answered")
    for code in codes:
        if (code.system, code.code) == (answer.system, answer.code):
            return _("Prefer not to say") if code.kind == CodeKind.NOT_STATED else code.label
    return f"{answer.code} ({answer.system})"
