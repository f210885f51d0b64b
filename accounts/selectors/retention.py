"""Which rule counts where, what holds records, and what is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.actors import Actor
from accounts.models import (
    Assignment,
    BoardSeat,
    LegalHold,
    Organisation,
    Person,
    RetentionAction,
    RetentionRule,
    RetentionRun,
    Role,
)
from accounts.rights import EXPIRIES, RECORD_CLASSES, Expiry
from accounts.selectors.rights import organisations_ever
from accounts.standing import standing
from accounts.visibility import covers
from common.dates import add_months


def rules_for(organisation_id: int | None) -> dict[str, RetentionRule]:
    """The rule of each record class that counts in an organisation: its own, else the service's."""
    counted = Q(organisation__isnull=True) | Q(organisation_id=organisation_id)
    # Rows without an organisation come first, so that an organisation's own takes their place.
    rows = RetentionRule.objects.filter(counted).order_by("-organisation_id")
    found = {rule.record_class: rule for rule in rows if rule.organisation_id is None}
    own = {rule.record_class: rule for rule in rows if rule.organisation_id is not None}
    return {code: found[code] for code in RECORD_CLASSES if code in found} | own


def classes_we_must_keep(person: Person) -> frozenset[str]:
    """Record classes that a law makes some organisation of ``person`` keep, whatever they ask."""
    places: set[int | None] = {*organisations_ever(person)} or {None}
    return frozenset(
        code for place in places for code, rule in rules_for(place).items() if rule.is_duty
    )


def holds_on(person: Person) -> QuerySet[LegalHold]:
    """The holds in force that cover ``person``: their own, and those of whole organisations."""
    whole = Q(person__isnull=True, organisation_id__in=organisations_ever(person))
    return LegalHold.objects.in_force().filter(Q(person=person) | whole).order_by("pk")


def held_people() -> QuerySet[Person]:
    """Everybody whose records are held by somebody, wherever."""
    holds = LegalHold.objects.in_force()
    places = holds.filter(person__isnull=True).values("organisation_id")
    found = Q(pk__in=holds.filter(person__isnull=False).values("person_id"))
    for held in (Assignment, BoardSeat):
        rows = held._base_manager.filter(organisation_id__in=places)  # noqa: SLF001 (documented)
        found |= Q(pk__in=rows.values("person_id"))
    return Person._base_manager.filter(found)  # noqa: SLF001 (documented by Django)


def due_rows(
    expiry: Expiry, rule: RetentionRule, *, organisation_id: int, on: date
) -> QuerySet[Any]:
    """The rows of ``expiry`` that ``rule`` says are due in an organisation on ``on``, oldest key
    first. Rows of a person that belong to no organisation follow the one they last worked for."""
    if rule.keep_months is None:
        return expiry.rows.none()
    rows = expiry.rows.filter(expiry.due(add_months(on, -rule.keep_months)))
    if expiry.organisation:
        rows = rows.filter(**{expiry.organisation: organisation_id})
    else:
        last = Assignment._base_manager.filter(person=OuterRef(expiry.person))  # noqa: SLF001
        newest = last.order_by("-starts_on", "-pk").values("organisation_id")[:1]
        rows = rows.annotate(last_place=Subquery(newest)).filter(last_place=organisation_id)
    if rule.action == RetentionAction.ANONYMISE and expiry.empties:
        rows = rows.exclude(_has(expiry.empties))
    if rule.action == RetentionAction.DESTROY and expiry.newest_first:
        rows = rows.filter(**{f"{expiry.newest_first}__isnull": True})
    return rows.order_by("pk")


def _has(values: Mapping[str, Any]) -> Q:
    """The condition that a row holds ``values`` already."""
    found = Q()
    for name, value in values.items():
        found &= Q(**({f"{name}__isnull": True} if value is None else {name: value}))
    return found


def without_held(expiry: Expiry, rows: QuerySet[Any]) -> QuerySet[Any]:
    """``rows`` without those of people whose records are held."""
    return rows.exclude(**{f"{expiry.person}__in": held_people().values("pk")})


def expiries_in_order() -> Iterable[Expiry]:
    """Every kind of record that can be due, in the order of its class and name."""
    order = list(RECORD_CLASSES)
    return sorted(
        EXPIRIES.values(), key=lambda found: (order.index(found.record_class), found.name)
    )


def audited_by(actor: Actor, *, on: date) -> QuerySet[Organisation]:
    """The organisations for which the actor answers as data protection officer."""
    place = standing(actor, on=on)
    audited = covers(place, place.covered_by(Role.AUDITOR.value), field="pk")
    return Organisation.objects.filter(audited).order_by("name", "pk")


def latest_run(
    organisation: Organisation, actor: Actor, *, is_dry: bool, on: date
) -> RetentionRun | None:
    """The last finished run of a kind, with what it found."""
    rows = RetentionRun.objects.visible_to(actor, on=on).filter(
        organisation=organisation, is_dry=is_dry, finished_at__isnull=False
    )
    return rows.prefetch_related("counts").order_by("-started_at", "-pk").first()


@dataclass(frozen=True, slots=True)
class RunLine:
    """What a run found of one kind of record."""

    title: str
    action: str
    before: date
    due: int
    held: int


def run_lines(run: RetentionRun) -> list[RunLine]:
    """The kinds of records of which ``run`` found any to be due."""
    return [
        RunLine(
            title=str(EXPIRIES[count.expiry].title),
            action=count.get_action_display(),
            before=count.before,
            due=count.due,
            held=count.held,
        )
        for count in run.counts.all()
        if count.due and count.expiry in EXPIRIES
    ]
