"""Who stands in for whom, and for whom somebody may be named to stand in."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Assignment, Delegation, Organisation, Person, ReportingLine
from accounts.models.delegations import DelegationQuerySet
from accounts.visibility import standing

MOST_PEOPLE = 200


def stand_ins_shown(reader: Person, *, on: date) -> DelegationQuerySet:
    """Who stands in, or will, as far as ``reader`` may see it: the reader's own first."""
    rows = Delegation.objects.visible_to(reader, on=on).from_day_on(on)
    return (
        rows.annotate(is_own=Q(manager=reader) | Q(delegate=reader))
        .select_related("manager", "delegate", "organisation")
        .order_by("-is_own", "starts_on", "manager__family_name", "manager__given_name", "pk")
    )


def stand_ins_counting(*, on: date) -> DelegationQuerySet:
    """Delegations that open something on ``on``: whoever stands in is in post, and may sign in."""
    posts = Assignment.objects.on(on).filter(
        person_id=OuterRef("delegate_id"), organisation_id=OuterRef("organisation_id")
    )
    return Delegation.objects.on(on).filter(Exists(posts), delegate__is_active=True)


def stand_ins_of(person_ids: Collection[int], *, on: date) -> Mapping[int, list[int]]:
    """Person -> who stands in for a line manager of theirs on ``on``, in one statement."""
    lines = ReportingLine.objects.on(on).filter(
        person_id__in=person_ids,
        kind="LINE_MANAGER",
        manager__delegations__in=stand_ins_counting(on=on),
        manager__delegations__organisation_id=F("assignment__organisation_id"),
    )
    found: dict[int, list[int]] = {}
    pairs = lines.values_list("person_id", "manager__delegations__delegate_id")
    for person_id, delegate_id in pairs.order_by("person_id", "manager__delegations__pk"):
        known = found.setdefault(person_id, [])
        if delegate_id not in {person_id, *known}:
            known.append(delegate_id)
    return found


def team_organisations(manager: Person, *, on: date) -> QuerySet[Organisation]:
    """The organisations in which people report to ``manager`` on ``on``."""
    lines = ReportingLine.objects.on(on).filter(manager=manager, kind="LINE_MANAGER")
    found = Organisation.objects.filter(pk__in=lines.values("assignment__organisation_id"))
    return found.order_by("name", "pk")


def has_team_in(organisation: Organisation, *, manager: Person, on: date) -> bool:
    return team_organisations(manager, on=on).filter(pk=organisation.pk).exists()


def is_employed_by(organisation: Organisation, *, person: Person, on: date) -> bool:
    return Assignment.objects.on(on).filter(person=person, organisation=organisation).exists()


def employed_by_email(email: str, *, organisation: Organisation, on: date) -> Person | None:
    """Somebody with a post in ``organisation``, by work e-mail address. Anybody else is as if
    there were nobody."""
    posts = Assignment.objects.on(on).filter(organisation=organisation)
    people = Person.objects.filter(is_active=True, pk__in=posts.values("person_id"))
    return people.filter(email__iexact=email).first()


def names_stand_ins_for_others(person: Person, *, on: date) -> bool:
    return standing(person, on=on).holds("HR_ADMINISTRATOR")


def manager_by_email(reader: Person, email: str, *, on: date) -> Person | None:
    """A line manager for whom ``reader``, as HR administrator, may say who stands in."""
    hr = standing(reader, on=on).covered_by("HR_ADMINISTRATOR")
    posts = Assignment.objects.on(on).filter(hr.within("organisation_id"))
    people = Person.objects.filter(pk__in=posts.values("person_id"))
    return people.filter(email__iexact=email).first()


def teams_stood_in_for(delegate: Person, *, on: date) -> list[tuple[Person, list[Person]]]:
    """The line managers for whom ``delegate`` stands in on ``on``, each with their people there.

    The first ``MOST_PEOPLE`` of them: their requests reach the delegate anyway.
    """
    if not standing(delegate, on=on).has("DELEGATE"):
        return []
    lines = ReportingLine.objects.on(on).filter(
        kind="LINE_MANAGER",
        manager__delegations__in=stand_ins_counting(on=on).filter(delegate=delegate),
        manager__delegations__organisation_id=F("assignment__organisation_id"),
    )
    names = ("manager__family_name", "manager_id", "person__family_name", "person__given_name")
    rows = lines.exclude(person=delegate).select_related("manager", "person")
    teams: dict[Person, list[Person]] = {}
    for line in rows.order_by(*names, "pk")[:MOST_PEOPLE]:
        team = teams.setdefault(line.manager, [])
        if line.person not in team:
            team.append(line.person)
    return list(teams.items())
