"""What a person's copy of their information holds of equality monitoring, and what erasure removes.

Both act in the person's name, in the transaction of who was allowed to ask: there is no other way
to one row. Who had a copy made is recorded with the copy.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.encryption import Unreadable
from accounts.equality import own
from accounts.equality.cipher import opened
from accounts.models import Attribute, MonitoringCode, Person
from accounts.rights.classes import EQUALITY
from accounts.rights.registry import Erasing, PackPart, register_eraser, register_pack_part

TITLE = _("Equality monitoring")
Told = Mapping[str | Promise, Any]


def declare_equality_rights() -> None:
    register_pack_part("accounts.equality", PackPart(TITLE, EQUALITY, told))
    register_eraser("accounts.equality", erased)


def told(person: Person) -> Iterator[Told]:
    """What was answered, or that somebody asked us to stop. What cannot be read is named too."""
    row = own.read(person.pk, in_their_name=True)
    if row is None:
        return
    if row.opted_out_on:
        yield {_("You asked us to stop on"): row.opted_out_on}
        return
    try:
        answers = opened(row.tokens, person_id=person.pk)
    except (Unreadable, ValueError):
        yield {_("Your answers"): _("We hold answers that we cannot read at the moment.")}
        return
    labels = {
        (code.attribute, code.system, code.code): code.label
        for code in MonitoringCode.objects.all()
    }
    for attribute, answer in answers.items():
        key = (attribute.value, answer.system, answer.code)
        yield {
            _("Question"): Attribute(attribute).label,
            _("Answer"): labels.get(key, answer.code),
            _("Code"): answer.code,
            _("Code system"): answer.system,
        }


def erased(erasing: Erasing) -> Iterator[tuple[str | Promise, int]]:
    yield TITLE, own.erase(erasing.person.pk)
