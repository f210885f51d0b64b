"""Counts of what people answered: all that ever leaves equality data.

A service and not a selector, because each reading is recorded. It runs where the connection of
equality data is: in a worker or a command, never in a web process.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.encryption import Unreadable
from accounts.equality import apart
from accounts.equality.cipher import opened
from accounts.models import Attribute, CodeKind, MonitoringCode, Organisation, Person
from accounts.policies import may_count_equality
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from accounts.visibility import members_of, organisations_below
from common.errors import Conflict, Forbidden
from common.suppression import suppressed

Code = tuple[str, str]
NOT_KNOWN: Code = ("", "")


@dataclass(frozen=True, slots=True)
class Count:
    """How many people gave one answer, rounded; None: too few to show."""

    system: str
    code: str
    label: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """``people``: all who were counted, rounded. Who asked us to stop is in no figure of it."""

    attribute: Attribute
    people: int | None
    rows: tuple[Count, ...]


def counts_of(
    attribute: Attribute, organisation: Organisation, *, on: date, by: Actor, now: datetime
) -> Counts:
    """What the people of ``organisation`` and those below it on ``on`` answered about one thing.

    For equality analysts of the organisation. Who has asked us to stop is left out whatever ``on``
    is: figures of an earlier day, made after the notice, would be processing after it. Refuses
    when a value cannot be read, because a figure without it would be wrong and look right.
    """
    if not may_count_equality(roles_at(by, organisation.pk, on=on)):
        raise Forbidden(
            _("Only equality analysts of the organisation may see these figures."),
            code="may_not_count_equality",
        )
    places = organisations_below([organisation.pk], on=on)
    people = list(Person.objects.filter(members_of(places, on=on)).values_list("pk", flat=True))
    codes = list(MonitoringCode.objects.filter(attribute=attribute))
    found = _tally(attribute, people, codes)
    record(
        by=by,
        now=now,
        verb="count_equality",
        about=organisation,
        rule="may_count_equality",
        organisation_id=organisation.pk,
        facts={"attribute": attribute.value, "on": on.isoformat()},
    )
    return _shown(attribute, found, codes)


def _tally(attribute: Attribute, people: list[int], codes: list[MonitoringCode]) -> Counter[Code]:
    with apart.connected() as link:
        tokens = apart.tokens_of(link, attribute, people)
        stopped = apart.opted_out(link, people)
    unknown = {(c.system, c.code) for c in codes if c.kind == CodeKind.NOT_KNOWN}
    try:
        answers = [
            _code(attribute, tokens.get(person), person)
            for person in people
            if person not in stopped
        ]
    except (Unreadable, ValueError):
        raise Conflict(
            _("Some answers cannot be read with the keys of EQUALITY_KEYS, so there is no figure."),
            code="equality_unreadable",
        ) from None
    return Counter(NOT_KNOWN if answer in unknown else answer for answer in answers)


def _code(attribute: Attribute, token: str | None, person_id: int) -> Code:
    answer = opened({attribute: token}, person_id=person_id).get(attribute)
    return (answer.system, answer.code) if answer else NOT_KNOWN


def _shown(attribute: Attribute, found: Counter[Code], codes: list[MonitoringCode]) -> Counts:
    labels = {(c.system, c.code): c.label for c in codes if c.kind != CodeKind.NOT_KNOWN}
    # A code that is no longer offered is counted under itself.
    labels |= {key: key[1] for key in found if key not in labels}
    labels[NOT_KNOWN] = _("Not known")
    shown = suppressed({key: found[key] for key in labels})
    rows = [Count(*key, label, shown.cells[key]) for key, label in labels.items()]
    return Counts(attribute, shown.total, tuple(rows))
